"""The labelled lines of an entry's text, as the import writes them: `Lot: L1`."""

from __future__ import annotations

import re

from .entries import Entry

_LABELLED = re.compile(
    r"^(?P<label>Body site|Method|Specimen|Device|No value|Complications|Follow-up|Location|Performed|Lot|Manufacturer|Expires|Site|Route|Given"
    r"|Status reason|Dispensed|Refills): (?P<said>.+)$",
    re.MULTILINE,
)


def labelled(entry: Entry, *labels: str) -> str | None:
    """What an entry says in its lines of some labels."""
    said = (match["said"] for match in _LABELLED.finditer(entry.body or "") if match["label"] in labels)
    return "; ".join(said) or None


def unlabelled(entry: Entry) -> str | None:
    """The text of an entry without its labelled lines."""
    return _LABELLED.sub("", entry.body or "").strip() or None
