"""The agents that look at a case one after the other."""
