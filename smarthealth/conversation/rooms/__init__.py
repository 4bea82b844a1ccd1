"""Rooms: conversations with many viewers, who all see one order of events."""
