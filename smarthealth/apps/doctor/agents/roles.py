"""The agents: what each looks up, asks and reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

import attrs
import cattrs
import msgspec

from smarthealth.apps.doctor.case import Case, Passage
from smarthealth.apps.doctor.knowledge.article import SECTIONS, Article
from smarthealth.apps.doctor.knowledge.passages import passages_of
from smarthealth.apps.doctor.results import (
    LEVELS,
    DiagnosticResult,
    Possibility,
    TreatmentResult,
    TriageResult,
)
from smarthealth.llm.port import ChatRequest

from .prompts import build_request
from .rules import Judgement, judge, stands_alone

R = TypeVar("R")
Facts = Mapping[str, object]

MOST_POSSIBILITIES: Final = 5
MOST_REASONS: Final = 6
LONGEST_TEXT: Final = 400
"""Characters of one text in a result; what a model says beyond is cut."""
_EXACT: Final = cattrs.Converter()


def _exact_text(value: Any, _: object) -> str:
    if type(value) is not str:
        raise TypeError("must be text")
    return value[:LONGEST_TEXT]


_EXACT.register_structure_hook(str, _exact_text)


@attrs.frozen
class RuledAgent:
    """An agent whose rules say the least that holds, and whose model puts it into words."""

    name: str
    sections: tuple[str, ...]
    """Of the articles, what it rests on."""
    facts: Callable[[Case, Judgement], Facts]
    result: Callable[[str | None, Case, Judgement], Case]

    def query(self, case: Case) -> str:
        """What to look up: the message, and what was said before, unless the message is about something else."""
        earlier = case.history[-1].message if case.history and not stands_alone(case) else ""
        return f"{case.message} {earlier}".strip()

    def passages(self, case: Case) -> tuple[Passage, ...]:
        """The sections of the articles that the case is about."""
        articles = judge(case).articles
        return tuple(one for article in articles for one in passages_of(article, case.language, *self.sections))

    def request(self, case: Case) -> ChatRequest:
        """What the model is asked."""
        return build_request(self.name, case, self.facts(case, judge(case)))

    def read(self, head: str | None, case: Case) -> Case:
        """The case with this agent's result; without a head that can be read, the rules' own."""
        return self.result(head, case, judge(case))


def make_agents() -> Mapping[str, RuledAgent]:
    """All agents, by name."""
    agents = (
        RuledAgent("triage", ("about",), _triage_facts, _read_triage),
        RuledAgent("diagnostic", ("causes",), _diagnostic_facts, _read_diagnostic),
        RuledAgent("treatment", ("self_care", "see_professional", "warning_signs"), _treatment_facts, _read_treatment),
        RuledAgent("general", SECTIONS, _general_facts, _read_general),
    )
    return {agent.name: agent for agent in agents}


# --- facts ------------------------------------------------------------------------------------------------------------


def _triage_facts(case: Case, judgement: Judgement) -> Facts:
    texts = [article.text[case.language] for article in judgement.articles]
    return {
        "level": judgement.triage.level,
        "reasons": judgement.triage.reasons,
        "about": _cited(case, judgement.articles, "about", lambda article: (article.text[case.language].about,)),
        "titles": [text.title for text in texts],
        "questions": [question for text in texts for question in text.questions][:MOST_REASONS],
    }


def _diagnostic_facts(case: Case, judgement: Judgement) -> Facts:
    possibilities = [
        attrs.asdict(_possibility(cause)) | {"n": _number(case, article, "causes")}
        for article, cause in judgement.causes(case)[:MOST_POSSIBILITIES]
    ]
    return {"possibilities": possibilities}


def _treatment_facts(case: Case, judgement: Judgement) -> Facts:
    sections = ("self_care", "see_professional", "warning_signs")
    return {
        section: _cited(case, judgement.articles, section, _sentences_of(section, case)) for section in sections
    } | {"cautions": judgement.cautions, "level": case.triage.level if case.triage else judgement.triage.level}


def _general_facts(case: Case, judgement: Judgement) -> Facts:
    return {**_triage_facts(case, judgement), **_treatment_facts(case, judgement)}


def _sentences_of(section: str, case: Case) -> Callable[[Article], Sequence[str]]:
    def sentences(article: Article) -> Sequence[str]:
        found: Sequence[str] = getattr(article.text[case.language], section)
        return found

    return sentences


def _cited(
    case: Case, articles: Iterable[Article], section: str, sentences: Callable[[Article], Sequence[str]]
) -> list[dict[str, object]]:
    return [
        {"text": sentence, "n": _number(case, article, section)}
        for article in articles
        for sentence in sentences(article)
    ]


def _number(case: Case, article: Article, section: str) -> int | None:
    """The number of the source that holds a section, None when the case has not got it."""
    for number, source in enumerate(case.sources, start=1):
        if (source.article, source.section) == (article.id, section):
            return number
    return None


def _possibility(cause: Any) -> Possibility:
    return Possibility(
        name=cause.name,
        likelihood=cause.likelihood,
        reasons_for=cause.reasons_for,
        reasons_against=cause.reasons_against,
        told_apart_by=cause.told_apart_by,
    )


# --- results ----------------------------------------------------------------------------------------------------------


def _read_triage(head: str | None, case: Case, judgement: Judgement) -> Case:
    triage = _triage_of(head, judgement)
    return attrs.evolve(case, triage=triage, is_over=triage.level == "INFO")


def _read_general(head: str | None, case: Case, judgement: Judgement) -> Case:
    return attrs.evolve(case, triage=_triage_of(head, judgement))


def _triage_of(head: str | None, judgement: Judgement) -> TriageResult:
    """The model's level, never less urgent than the rules'."""
    told = _structured(head, TriageResult)
    if told is None or told.level not in LEVELS:
        return judgement.triage
    return attrs.evolve(told, reasons=told.reasons[:MOST_REASONS]).at_least(judgement.triage)


def _read_diagnostic(head: str | None, case: Case, judgement: Judgement) -> Case:
    told = _structured(head, DiagnosticResult)
    if told is None or not told.possibilities:
        told = DiagnosticResult(possibilities=tuple(_possibility(cause) for _, cause in judgement.causes(case)))
    return attrs.evolve(case, diagnostic=DiagnosticResult(possibilities=told.possibilities[:MOST_POSSIBILITIES]))


def _read_treatment(head: str | None, case: Case, judgement: Judgement) -> Case:
    told = _structured(head, TreatmentResult)
    if told is None:
        texts = [article.text[case.language] for article in judgement.articles]
        told = TreatmentResult(
            self_care=tuple(one for text in texts for one in text.self_care),
            see_professional=tuple(one for text in texts for one in text.see_professional),
            warning_signs=tuple(one for text in texts for one in text.warning_signs),
        )
    cautions = tuple(dict.fromkeys((*judgement.cautions, *told.cautions)))
    return attrs.evolve(case, treatment=attrs.evolve(told, cautions=cautions))


def _structured(head: str | None, kind: type[R]) -> R | None:
    """A head as a result, None when it is missing or malformed: what a model writes is not to be trusted."""
    if head is None:
        return None
    try:
        return _EXACT.structure(msgspec.json.decode(head), kind)
    except (msgspec.DecodeError, cattrs.BaseValidationError, ValueError, TypeError, RecursionError):
        return None
