"""Faults: question trees as data, where a session stands in one, and the warning that goes first."""
