"""The knowledge base: short articles on what people ask for most, with their sources."""
