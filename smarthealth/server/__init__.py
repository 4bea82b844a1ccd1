"""Hypercorn and Quart: handshake, authentication, limits, metrics and pages."""
