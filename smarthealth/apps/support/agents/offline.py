"""The offline model's way with the requests of the specialists: it sees what a language model would see, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from smarthealth.apps.support.knowledge.car import load_car
from smarthealth.llm.offline import Piece
from smarthealth.llm.port import ChatRequest

from .offline_maintenance import maintenance
from .phrases import PHRASES, Phrases
from .prompts import Prompt, read_prompt
from .quoting import told


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
    opening = phrases.manual_says if prompt.facts["answered"] else phrases.comes_nearest
    if opening:
        yield opening
    yield from _quoted(prompt, phrases)


def _quoted(prompt: Prompt, phrases: Phrases) -> Iterator[str]:
    for source in prompt.sources:
        yield f"{told(source, prompt.message, phrases)} [{source['n']}]."


def _troubleshooting(prompt: Prompt, phrases: Phrases) -> Iterator[str]:
    facts = prompt.facts
    if facts["begins"] and facts["fault"]:
        yield phrases.fault.format(fault=facts["fault"])
    if facts["repeated"]:
        yield phrases.again
    if facts["ask"]:
        if prompt.sources:
            yield phrases.no_tree
            yield from _quoted(prompt, phrases)
        yield f"{facts['ask']} {phrases.yes_no}"
    elif facts["advice"]:
        marks = "".join(f" [{source['n']}]" for source in prompt.sources)
        yield f"{facts['advice'].rstrip('.')}{marks}."
        if facts["service"]:
            yield phrases.workshop.format(service=facts["service"])
    elif prompt.sources:
        yield phrases.no_tree
        yield from _quoted(prompt, phrases)
    else:
        yield phrases.tell_more


def _none(prompt: Prompt, phrases: Phrases) -> Iterator[str]:
    kinds = {"greeting": phrases.greeting, "thanks": phrases.thanks}
    yield kinds.get(prompt.facts["kind"], phrases.elsewhere).format(model=load_car().model)


_WRITERS: Final = {"specs": _specs, "troubleshooting": _troubleshooting, "none": _none}
