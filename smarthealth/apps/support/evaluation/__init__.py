"""How well messages are routed, measured on labelled files."""
