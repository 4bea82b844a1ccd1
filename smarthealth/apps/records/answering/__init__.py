"""From a question to an answer's evidence, its prompt, its offline composer and its review."""

from .confidence import features, review
from .evidence import Evidence, Source, assemble
from .findings import Finding, Findings
from .grounding import RecordsGrounding, RecordsGrounds, RecordsRetrieved
from .lookups import look_up
from .offline import compose
from .prompts import build_request
from .verify import Claim, Review

__all__ = [
    "Claim",
    "Evidence",
    "Finding",
    "Findings",
    "RecordsGrounding",
    "RecordsGrounds",
    "RecordsRetrieved",
    "Review",
    "Source",
    "assemble",
    "build_request",
    "compose",
    "features",
    "look_up",
    "review",
]
