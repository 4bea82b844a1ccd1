"""What the driver is to be told, in the person's words, and whether more than one taxi is asked for."""

from __future__ import annotations

import re
from typing import Final

from smarthealth.apps.taxi.places.folding import fold

LONGEST: Final = 120
"""Characters of a request."""
_REQUEST: Final = re.compile(
    r"\bque (?:(?:el|la) (?:conductor|chofer|taxista|senor)a? |por favor |me |nos |la |lo |le |les |no |se )*"
    r"(?:esper|llam|pit|timbr|toqu|traig|ayud|entr|teng|baj|fum|pregunt|avis|anunci|escrib|marqu|apur|demor)(?:e|a|en|an)\b[^.;?!]*"
    r"|\bque no (?:sea|venga|tenga|huela)\b[^.;?!]*"
    r"|\b(?:necesito|traigan?|con) (?:vueltas|cambio|vuelto|devuelta)\b[^.;?!]*"
)
_SEVERAL: Final = re.compile(
    r"\b(?:dos|tres|cuatro|cinco|[2-5]) (?:taxis|carros|carritos|moviles|servicios|vehiculos)\b"
)


def find_request(text: str) -> str | None:
    """What the driver is to be told: "que pite al llegar", "con vueltas"; None where nothing is."""
    match = _REQUEST.search(fold(text))
    return text[match.start() : match.end()].strip(" ,")[:LONGEST] if match is not None else None


def asks_for_several(text: str) -> bool:
    """Whether more than one taxi is asked for."""
    return bool(_SEVERAL.search(fold(text)))
