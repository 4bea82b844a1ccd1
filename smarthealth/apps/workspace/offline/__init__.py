"""Stands in for a model: reads plain requests in Spanish and English, calls the tools, and says what came of it."""
