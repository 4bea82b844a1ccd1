"""Which messages are not answered, and what is said instead: rules in `rules.toml`, each with its id."""

from __future__ import annotations

import base64
import binascii
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import attrs

from smarthealth.apps.doctor.services import Refusal
from smarthealth.conversation.application import Language
from smarthealth.retrieval.words import fold

_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_SPACES: Final = re.compile(r"\s+")
_APART: Final = re.compile(r"\b(?:[a-z0-9][ .\-_*]){4,}[a-z0-9]\b")
_JOINTS: Final = re.compile(r"[ .\-_*]")
_DISGUISED: Final = re.compile(r"\b(?=[a-z0-9@$]*[a-z])(?=[a-z0-9@$]*[0-9@$])[a-z0-9@$]{3,40}")
_LETTERS: Final = str.maketrans("013457@$", "oieastas")
_ENCODED: Final = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")
MOST_ENCODED: Final = 4
"""Stretches of base64 of one message that are read."""


@attrs.frozen(kw_only=True)
class Rule:
    """One kind of message that is not answered."""

    id: str
    patterns: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    """What shows that the message is a fair question all the same."""
    answer: Mapping[Language, str]

    def holds(self, reading: str) -> bool:
        """Whether a folded message is of this kind."""
        return any(pattern.search(reading) for pattern in self.patterns) and not any(
            pattern.search(reading) for pattern in self.unless
        )


def screen(message: str, language: Language) -> Refusal | None:
    """Look whether a message may be answered.

    Args:
        message: As written; an emergency has been looked for before.
        language: Of the answer.

    Returns:
        None when it may, else what is said instead.
    """
    readings = list(dict.fromkeys(_readings(message)))
    for rule in load_rules():
        if any(rule.holds(reading) for reading in readings):
            return Refusal(rule=rule.id, message=rule.answer[language])
    return None


@cache
def load_rules() -> tuple[Rule, ...]:
    """All rules, in order; read once."""
    raw = tomllib.loads(files(__package__).joinpath("rules.toml").read_text("utf-8"))
    return tuple(
        Rule(
            id=rule["id"],
            patterns=tuple(map(re.compile, rule["patterns"])),
            unless=tuple(map(re.compile, rule.get("unless", ()))),
            answer=rule["answer"],
        )
        for rule in raw["rule"]
    )


def _readings(message: str) -> Iterator[str]:
    """The message as it stands, and as it reads once the cheapest disguises are taken off."""
    plain = _plain(message)
    yield plain
    yield _APART.sub(lambda apart: _JOINTS.sub("", apart[0]), plain)
    yield _DISGUISED.sub(lambda word: word[0].translate(_LETTERS), plain)
    for encoded in _ENCODED.findall(message)[:MOST_ENCODED]:
        try:
            yield _plain(base64.b64decode(encoded + "=" * (-len(encoded) % 4)).decode())
        except (binascii.Error, UnicodeDecodeError):
            continue


def _plain(text: str) -> str:
    """Folded, without what is not seen; white space becomes one space, or one end of a line."""
    return _SPACES.sub(lambda space: "\n" if "\n" in space[0] else " ", fold(_INVISIBLE.sub("", text)))
