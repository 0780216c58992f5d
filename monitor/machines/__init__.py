"""DECIDE: pure functions from (state, what happened, now) to (state, transitions)."""
