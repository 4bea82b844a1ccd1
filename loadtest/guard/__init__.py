"""What a token, a turn and a connection cost, counted so that no noise changes it: `python -m loadtest.guard`."""
