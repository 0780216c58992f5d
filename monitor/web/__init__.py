"""SHOW AND ACT: the desk, the API, the live feed."""
