"""Which specialist a message is for: a small model over words, its examples, and the rules around it."""
