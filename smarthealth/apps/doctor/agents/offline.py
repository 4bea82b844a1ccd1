"""The offline model's way with the doctor's agents: prose from the facts of a prompt.

It sees what a language model would see, the messages of the request, and nothing else; it writes the same two parts, the
structured head and the prose, each sentence with the mark of its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from smarthealth.llm.port import ChatRequest

from .phrases import Phrases, phrases_of
from .prompts import Prompt, read_prompt

MOST_SAID: Final = 4
"""Sentences of one list that are said."""
MOST_POSSIBILITIES: Final = 3


def compose(request: ChatRequest) -> Iterator[str]:
    """Write the answer to a request of one of the doctor's agents: its head, the rule, and its prose."""
    prompt = read_prompt(request)
    phrases = phrases_of(prompt.language)
    head, prose = _WRITERS[prompt.agent](prompt, phrases)
    yield msgspec.json.encode(head).decode() + "\n---\n"
    for position, paragraph in enumerate(paragraph for paragraph in prose if paragraph):
        yield f"\n\n{paragraph}" if position else paragraph


def _triage(prompt: Prompt, phrases: Phrases) -> tuple[object, Iterable[str]]:
    facts = prompt.facts
    head = {"level": facts["level"], "reasons": facts["reasons"]}
    if facts["level"] == "INFO":
        return head, _information(facts, phrases)
    return head, [" ".join([_urgency(facts, phrases), *facts["reasons"]]), _asking(facts, phrases)]


def _information(facts: Mapping[str, Any], phrases: Phrases) -> list[str]:
    if not facts["about"]:
        return [phrases.nothing_known]
    return [_sentences(facts["about"]), phrases.ask_on]


def _urgency(facts: Mapping[str, Any], phrases: Phrases) -> str:
    if not facts["titles"]:
        return phrases.unclear
    return phrases.urgency[facts["level"]].format(what=_joined(map(str.lower, facts["titles"]), phrases))


def _asking(facts: Mapping[str, Any], phrases: Phrases) -> str:
    if not facts["questions"]:
        return phrases.tell_more if not facts["titles"] else ""
    return f"{phrases.to_judge_better} {' '.join(facts['questions'][:MOST_SAID])}"


def _diagnostic(prompt: Prompt, phrases: Phrases) -> tuple[object, Iterable[str]]:
    possibilities = prompt.facts["possibilities"]
    head = {"possibilities": [{key: one[key] for key in one if key != "n"} for one in possibilities]}
    if not possibilities:
        return head, [phrases.no_possibilities]
    said = [_possibility(one, phrases) for one in possibilities[:MOST_POSSIBILITIES]]
    return head, [phrases.no_diagnosis, "\n".join(said)]


def _possibility(one: Mapping[str, Any], phrases: Phrases) -> str:
    sentence = phrases.likelihood[one["likelihood"]].format(name=one["name"], reasons="; ".join(one["reasons_for"]))
    if one["told_apart_by"]:
        sentence += phrases.told_apart.format(by="; ".join(one["told_apart_by"]))
    return f"- {sentence}{_mark(one['n'])}."


def _treatment(prompt: Prompt, phrases: Phrases) -> tuple[object, Iterable[str]]:
    facts = prompt.facts
    lists = ("self_care", "see_professional", "warning_signs")
    head = {name: [one["text"] for one in facts[name]] for name in lists} | {"cautions": facts["cautions"]}
    return head, _advice(facts, phrases)


def _general(prompt: Prompt, phrases: Phrases) -> tuple[object, Iterable[str]]:
    facts = prompt.facts
    head = {"level": facts["level"], "reasons": facts["reasons"]}
    if facts["level"] == "INFO":
        return head, _information(facts, phrases)
    why = " ".join([_urgency(facts, phrases), *facts["reasons"]])
    return head, [why, _sentences(facts["about"]), *_advice(facts, phrases)]


def _advice(facts: Mapping[str, Any], phrases: Phrases) -> list[str]:
    if not facts["self_care"]:
        return [" ".join(facts["cautions"]), phrases.general_advice, phrases.closing]
    return [
        " ".join(facts["cautions"]),
        f"{phrases.self_care} {_sentences(facts['self_care'])}",
        f"{phrases.see_professional} {_sentences(facts['see_professional'])}",
        f"{phrases.warning_signs} {_sentences(facts['warning_signs'])}",
        phrases.closing,
    ]


def _sentences(cited: Iterable[Mapping[str, Any]]) -> str:
    """Sentences with their marks; of several from one source in a row the last one carries it."""
    said = list(cited)[:MOST_SAID]
    written = []
    for position, one in enumerate(said):
        following = said[position + 1]["n"] if position + 1 < len(said) else None
        mark = "" if one["n"] == following else _mark(one["n"])
        written.append(f"{one['text'].rstrip('.')}{mark}.")
    return " ".join(written)


def _mark(number: int | None) -> str:
    return "" if number is None else f" [{number}]"


def _joined(names: Iterable[str], phrases: Phrases) -> str:
    return f" {phrases.conjunction} ".join(names)


_WRITERS: Final = {"triage": _triage, "diagnostic": _diagnostic, "treatment": _treatment, "general": _general}
