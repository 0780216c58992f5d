"""What every adapter shares: the message it reads, the events it answers with, the registry that finds it."""
