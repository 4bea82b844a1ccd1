"""A conversation server on supervised Trio actors."""
