"""Supervised actors on Trio, embeddable in any Trio program."""
