"""The tools of the workspace agent: files of one conversation, commands, and requests to allowed hosts."""
