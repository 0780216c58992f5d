"""KNOW: which devices exist, where they are and whose they are."""
