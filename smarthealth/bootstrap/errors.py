"""Why the program cannot start or do what a command asks."""

from __future__ import annotations


class StartError(Exception):
    """It cannot go on like this; the text says why and what to do, for people."""
