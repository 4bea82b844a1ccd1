"""Which messages are not answered, and what is said instead: rules in `rules.toml`, each with its id."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import attrs

from smarthealth.apps.doctor.services import Refusal
from smarthealth.conversation.application import Language
from smarthealth.retrieval.words import fold


@attrs.frozen(kw_only=True)
class Rule:
    """One kind of message that is not answered."""

    id: str
    patterns: tuple[re.Pattern[str], ...]
    answer: Mapping[Language, str]


def screen(message: str, language: Language) -> Refusal | None:
    """Look whether a message may be answered.

    Args:
        message: As written; an emergency has been looked for before.
        language: Of the answer.

    Returns:
        None when it may, else what is said instead.
    """
    folded = fold(message)
    for rule in load_rules():
        if any(pattern.search(folded) for pattern in rule.patterns):
            return Refusal(rule=rule.id, message=rule.answer[language])
    return None


@cache
def load_rules() -> tuple[Rule, ...]:
    """All rules, in order; read once."""
    raw = tomllib.loads(files(__package__).joinpath("rules.toml").read_text("utf-8"))
    return tuple(
        Rule(id=rule["id"], patterns=tuple(map(re.compile, rule["patterns"])), answer=rule["answer"])
        for rule in raw["rule"]
    )
