from typing import Any

import attrs
import pytest

from smarthealth.apps.doctor.emergency.advice import Advice
from smarthealth.apps.doctor.emergency.files import read_toml
from smarthealth.apps.doctor.emergency.rules import Rule, load_rules


def test_each_rule_is_complete() -> None:
    """Sources and conditions exist; examples in both languages; ids are unique."""
    rules, sources, conditions = load_rules().rules, read_toml("sources.toml"), Advice("CO").conditions()
    assert len({rule.id for rule in rules}) == len(rules)
    for rule in rules:
        assert set(rule.sources) <= set(sources)
        assert rule.condition in conditions
        assert rule.yes
        assert rule.no
        assert load_rules().of_id(rule.id) is rule


def test_the_gravest_come_first() -> None:
    """So that an alarm is as grave as its gravest rule."""
    severities = [rule.severity for rule in load_rules().rules]
    assert severities == sorted(severities, key=("critical", "high", "moderate").index)


@pytest.mark.parametrize("change", [{"sources": ()}, {"when": ()}, {"severity": "bad"}, {"resolved": "bad"}])
def test_a_malformed_rule_is_refused(change: dict[str, Any]) -> None:
    """At loading, not with the first message."""
    with pytest.raises(ValueError, match=r"has no|must be in"):
        attrs.evolve(load_rules().rules[0], **change)


def tables(monkeypatch: pytest.MonkeyPatch, first: dict[str, object], second: dict[str, object]) -> None:
    """Two files of rules in place of those of the package."""
    files = iter([{"signals": []}, first, second])
    monkeypatch.setattr(
        "smarthealth.apps.doctor.emergency.rules.read_toml",
        lambda *names: next(files, {}),
    )


def test_a_signal_is_defined_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two meanings of one name would be told apart by nobody."""
    tables(monkeypatch, {"signal": {"cough": "tos"}}, {"signal": {"cough": "tose"}})
    with pytest.raises(ValueError, match="is there already"):
        load_rules.__wrapped__()


def test_a_rule_asks_for_known_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt name would make it deaf."""
    rule: Rule = load_rules().rules[0]
    entry = attrs.asdict(rule) | {"when": ["nonsense"]}
    del entry["category"]
    tables(monkeypatch, {"rule": [entry]}, {})
    with pytest.raises(ValueError, match="nothing gives"):
        load_rules.__wrapped__()
