"""What the two communes of the walk are called, and the marks by which words of elsewhere are known."""

from __future__ import annotations

from datetime import UTC, datetime

PROVINCE, COMMUNE, OTHER_COMMUNE = "P-1", "C-OWN", "zxq-commune"
GROUP, SIDE_GROUP, OTHER_GROUP = "G-OWN", "zyq-group", "zxq-group"
OTHER_SHIFT = 7_654_321  # at the desk of the other commune
DEVICE, SIDE_DEVICE, OTHER_DEVICE, OTHER_MAST = "BELL-OWN", "zyq-bell", "zxq-bell", "zxq-mast"
OTHER_SIREN = "zxq-siren"
LOADED_AT = datetime(2026, 3, 14, 10, tzinfo=UTC)
UNTIL = datetime(2036, 3, 14, 10, tzinfo=UTC)
# The other commune's numbers end so, the other group's so: in an answer they are as good as a name.
OTHER_DIGITS, SIDE_DIGITS = "6660001", "6660002"

MARKED = {"own": (GROUP, "6660003"), "zyq": (SIDE_GROUP, SIDE_DIGITS), "zxq": (OTHER_GROUP, OTHER_DIGITS)}
