"""The rules, as read from their files: signals are what may be told, a rule says which of them together are an emergency."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final, Literal

import attrs
from attrs.validators import in_

from .files import data_folder, read_toml
from .patterns import Matcher

Severity = Literal["critical", "high", "moderate"]
SEVERITIES: Final[tuple[Severity, ...]] = ("critical", "high", "moderate")
"""Gravest first."""
Resolved = Literal["recent", "cancels"]
"""What it means that it is over: nothing unless it is long ago, or that there is no emergency."""


@attrs.frozen(kw_only=True)
class Rule:
    """What is an emergency, how grave, and who says so."""

    id: str
    category: str
    severity: Severity = attrs.field(validator=in_(SEVERITIES))
    condition: str
    """Key of the name and the advice."""
    sources: tuple[str, ...] = attrs.field()
    """Keys of `sources.toml`."""
    when: tuple[frozenset[str], ...] = attrs.field()
    """Signals; the rule holds where all signals of one set were told."""
    resolved: Resolved = attrs.field(validator=in_(("recent", "cancels")))
    means: str
    yes: tuple[str, ...]
    """Messages that it must raise an alarm for, whatever others do."""
    no: tuple[str, ...]
    """Messages that nothing may raise an alarm for."""

    @sources.validator
    @when.validator
    def _some(self, attribute: attrs.Attribute[Any], value: tuple[object, ...]) -> None:
        if not value:
            raise ValueError(f"rule {self.id} has no {attribute.name}")


@attrs.frozen(kw_only=True)
class Rules:
    """All rules, gravest first, and what finds their signals."""

    rules: tuple[Rule, ...]
    signals: Mapping[str, tuple[str, ...]]
    """Patterns of each signal."""
    matcher: Matcher

    def of_id(self, id: str) -> Rule:
        """The rule of that id."""
        return next(rule for rule in self.rules if rule.id == id)


@cache
def load_rules() -> Rules:
    """Read all rules.

    Raises:
        ValueError: A rule is malformed, or names a signal that nothing gives.
    """
    rules: list[Rule] = []
    signals: dict[str, tuple[str, ...]] = {}
    measured = frozenset(read_toml("measures.toml")["signals"])
    for file in sorted(file.name for file in (data_folder() / "rules").iterdir() if file.name.endswith(".toml")):
        table = read_toml("rules", file)
        for name, patterns in table.get("signal", {}).items():
            if name in signals:
                raise ValueError(f"{file}: signal {name} is there already")
            signals[name] = _lines(patterns)
        rules += (_rule(file.removesuffix(".toml"), entry) for entry in table.get("rule", ()))
    for rule in rules:
        for signal in frozenset().union(*rule.when):
            if signal not in signals and signal not in measured:
                raise ValueError(f"rule {rule.id} asks for {signal}, which nothing gives")
    patterns = [(name, line) for name, lines in signals.items() for line in lines]
    lists = {name: str(words).split() for name, words in read_toml("lists.toml").items()}
    return Rules(
        rules=tuple(sorted(rules, key=lambda rule: SEVERITIES.index(rule.severity))),
        signals=signals,
        matcher=Matcher(patterns, lists=lists, known=known_words()),
    )


@cache
def known_words() -> frozenset[str]:
    """Words that are right as they are, though one letter away from a word of the rules."""
    return frozenset((data_folder() / "known_words.txt").read_text(encoding="utf-8").split())


def _lines(patterns: str) -> tuple[str, ...]:
    return tuple(line for line in patterns.splitlines() if line.strip())


def _rule(category: str, entry: Mapping[str, Any]) -> Rule:
    lists = {name: tuple(entry[name]) for name in ("sources", "yes", "no")}
    ways = tuple(frozenset(part.strip() for part in way.split("&")) for way in entry["when"])
    fields: dict[str, Any] = {**entry, **lists, "when": ways}
    return Rule(category=category, **fields)
