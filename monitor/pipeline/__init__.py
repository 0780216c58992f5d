"""JOIN: the flow itself. `flow` is the whole program on one page; the other files are its steps."""
