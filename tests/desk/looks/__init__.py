"""Every screen in every state, taken and checked at once: ``python -m tests.desk.looks FOLDER``."""
