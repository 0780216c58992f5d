"""TAKE A LIST IN: what a list would change, written all or nothing, given back on demand, and sent back corrected."""
