"""The workspace agent: tools in a directory of its own for each conversation, and many clients in one conversation."""
