"""Appointments: the workshop, what people ask of it, the tools that act on its rows, and the words about them."""
