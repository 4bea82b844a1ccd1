"""Costs of the actor runtime beside its peers, measured in alternation in one run: `python -m loadtest.runtime`."""
