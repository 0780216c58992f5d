"""COUNT: figures over areas and periods."""
