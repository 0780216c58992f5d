"""Measurements: `make bench`. Figures are medians within one run; no test asserts a time."""
