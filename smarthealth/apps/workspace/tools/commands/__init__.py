"""Runs a command where it sees no more than its conversation's files. `kernel` and `launcher` need the standard library alone."""
