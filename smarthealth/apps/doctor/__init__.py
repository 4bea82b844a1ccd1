"""The AI doctor: triage, possibilities and advice from agents, and emergencies before anything else."""
