"""From records to chunks, and from a question to the chunks that answer it."""

from .concepts import Concept, ConceptMatch
from .displays import DisplayMatch, match_displays
from .glossary import Glossary, load_glossary
from .model import Chunk, Hit, SearchResult

__all__ = [
    "Chunk",
    "Concept",
    "ConceptMatch",
    "DisplayMatch",
    "Glossary",
    "Hit",
    "SearchResult",
    "load_glossary",
    "match_displays",
]
