"""The offline model's way with the requests of the specialists: it sees what a language model would see, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from smarthealth.apps.support.knowledge.lexicon import concepts_in
from smarthealth.llm.offline import Piece
from smarthealth.llm.port import ChatRequest

from .offline_maintenance import maintenance
from .phrases import PHRASES, Phrases
from .prompts import Prompt, read_prompt

LONGEST_QUOTE: Final = 420
"""Characters of running text that are told of one source."""
MOST_ROWS: Final = 8
"""Rows of a table that are told where the table itself is the best source."""


def compose(request: ChatRequest) -> Iterable[Piece]:
    """Write the answer to a request of a specialist."""
    prompt = read_prompt(request)
    phrases = PHRASES[prompt.language]
    if prompt.agent == "maintenance":
        yield from maintenance(prompt, phrases, request)
        return
    paragraphs = list(_WRITERS[prompt.agent](prompt, phrases))
    if prompt.images:
        paragraphs.append(phrases.cannot_see)
    yield " ".join(paragraphs) if prompt.agent == "none" else "\n".join(paragraphs)


def _specs(prompt: Prompt, phrases: Phrases) -> Iterator[str]:
    if not prompt.sources:
        yield phrases.not_in_manual
        return
    if phrases.manual_says:
        yield phrases.manual_says
    yield from _quoted(prompt)


def _quoted(prompt: Prompt) -> Iterator[str]:
    wanted = frozenset(prompt.facts.get("columns", ()))
    for source in prompt.sources:
        yield f"{_told(source, wanted)} [{source['n']}]."


def _told(source: Mapping[str, str], wanted: frozenset[str]) -> str:
    text = source["text"]
    if source["kind"] == "row":
        return f"{source['section'].rpartition(' › ')[2]} – {_row(text, wanted)}".rstrip(".")
    if source["kind"] == "table":
        lines = text.split("\n")
        return "; ".join(lines[: MOST_ROWS + 1]).rstrip(".")
    return _cut(" ".join(text.split())).rstrip(".")


def _row(text: str, wanted: frozenset[str]) -> str:
    """A row, its columns left out that are of versions not asked for, where some are of the one that is."""
    name, *cells = text.split("; ")
    mine = [cell for cell in cells if concepts_in(cell.partition(":")[0]) & wanted]
    name = name.removeprefix("Figure ").removeprefix("Measure ")
    return f"{name}: {', '.join(mine or cells)}" if cells else name


def _cut(text: str) -> str:
    if len(text) <= LONGEST_QUOTE:
        return text
    end = text.rfind(". ", 0, LONGEST_QUOTE)
    return text[: end if end > 0 else LONGEST_QUOTE]


def _troubleshooting(prompt: Prompt, phrases: Phrases) -> Iterator[str]:
    facts = prompt.facts
    if facts["begins"] and facts["fault"]:
        yield phrases.fault.format(fault=facts["fault"])
    if facts["repeated"]:
        yield phrases.again
    if facts["ask"]:
        if prompt.sources:
            yield phrases.no_tree
            yield from _quoted(prompt)
        yield f"{facts['ask']} {phrases.yes_no}"
    elif facts["advice"]:
        marks = "".join(f" [{source['n']}]" for source in prompt.sources)
        yield f"{facts['advice'].rstrip('.')}{marks}."
        if facts["service"]:
            yield phrases.workshop.format(service=facts["service"])
    elif prompt.sources:
        yield phrases.no_tree
        yield from _quoted(prompt)
    else:
        yield phrases.tell_more


def _none(prompt: Prompt, phrases: Phrases) -> Iterator[str]:
    kinds = {"greeting": phrases.greeting, "thanks": phrases.thanks}
    yield kinds.get(prompt.facts["kind"], phrases.elsewhere)


_WRITERS: Final = {"specs": _specs, "troubleshooting": _troubleshooting, "none": _none}
