"""Answers clinicians' questions over a patient's records."""
