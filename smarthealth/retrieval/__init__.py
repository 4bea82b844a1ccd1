"""From records to chunks, and from a question to the chunks that answer it."""

from .chunking import chunk_records
from .concepts import Concept, ConceptMatch
from .displays import DisplayMatch, match_displays
from .embedding import Embedder
from .entry import RecordEntry
from .errors import IndexNotWritten, IndexUnavailable, RetrievalError
from .glossary import Glossary, load_glossary
from .hashing import HashedEmbedder
from .index import ChunkIndex, IndexSettings
from .model import Chunk, Hit, IndexState, SearchResult

__all__ = [
    "Chunk",
    "ChunkIndex",
    "Concept",
    "ConceptMatch",
    "DisplayMatch",
    "Embedder",
    "Glossary",
    "HashedEmbedder",
    "Hit",
    "IndexNotWritten",
    "IndexSettings",
    "IndexState",
    "IndexUnavailable",
    "RecordEntry",
    "RetrievalError",
    "SearchResult",
    "chunk_records",
    "load_glossary",
    "match_displays",
]
