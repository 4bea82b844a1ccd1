"""Language and embedding models behind ports."""
