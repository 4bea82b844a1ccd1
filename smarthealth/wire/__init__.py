"""Sans-IO protocol parts: codecs, wire errors and limits."""
