"""Bytes → events: one file per device family, pure, found by looking (see ``core.registry``)."""
