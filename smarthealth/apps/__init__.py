"""The applications: one folder each, none of which imports another."""
