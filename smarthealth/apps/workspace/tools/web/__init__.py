"""Requests to the hosts that the settings allow, and to no address that is not public."""
