"""Four agents with one persona: their tools, their instructions, and the offline model that plays them by rules."""
