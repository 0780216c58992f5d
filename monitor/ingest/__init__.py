"""TAKE IN: wire → batches of messages; acknowledges only after the handler returned."""
