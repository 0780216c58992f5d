"""TELL: from a transition to the people who must know."""
