"""COMMIT: the append-only truth, one writer."""
