"""What a clause asks, judged from what its readers found."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import attrs

from .comparing import Comparison
from .folding import CONCEPT
from .kinds import CAREPLAN, CARETEAM, CONDITION, ENCOUNTER, MEDICATION, PROCEDURE, REPORT
from .question import Ask, Facet, Field, Operation, Order, Pick, Refusal
from .reading import Clause
from .refining import COUNTED_DOSES, refine, summarises
from .refusals import without_deeds

_LASTING = frozenset({CONDITION, MEDICATION, CAREPLAN, ENCOUNTER})

_DEFINITION = re.compile(
    rf"^\W*(?:y\s+)?(?:que\s+(?:es|son)|what\s+(?:is|are))\s+(?:(?:el|la|los|las|un|una|a|an)\s+)?{CONCEPT}+\W*$"
)
_SPANISH_DEFINITION = re.compile(rf"^\W*(?:y\s+)?que\s+(?:es|son)\s+(?:(?:el|la|los|las|un|una)\s+)?{CONCEPT}+\W*$")
_WITH_MORE = re.compile(r"^\W*(?:(?:la|su|the|his|her|dime|dame|give\s+me|cual\s+es)\s+)*(?:edad|sexo|genero|nombre|age|sex|gender|name)\s*(?:,|y|e|and)\s|(?:,|\b(?:y|e|and))\s+(?:(?:la|su|the|his|her)\s+)?(?:edad|sexo|genero|age|sex|gender)\b(?!\s+(?:at|when|al|cuando|que|tenia))")  # fmt: skip

_OURS_TO_DECIDE = re.compile(
    r"\b(?:should|shall|can|could|may|must)\s+(?:i|we)\b|\b(?:debo|deberia|debemos|deberiamos)\b"
    r"|\b(?:le|la|lo|se\s+la|se\s+lo)\s+(?:subo|bajo|aumento|reduzco|disminuyo|ajusto|suspendo|cambio|inicio|empiezo|dejo|quito|retiro|aplico|agrego|doy|pongo|puedo|podemos)\b"
)
"""Somebody asks what to do, whatever else the words speak of."""


def decide(clause: Clause) -> list[Ask]:
    """Judge what a clause asks: one thing, and any of the patient's own data beside it."""
    draft = Ask(
        operation=Operation.LIST,
        topics=clause.topics,
        pick=clause.pick or Pick(),
        period=clause.period,
        status=clause.status,
        reason=clause.reason,
        threshold=clause.threshold,
        section=clause.section,
        distinct=clause.distinct,
        detailed=clause.detailed,
        people=clause.people,
        kin=clause.kin,
        unit=clause.unit,
        profession=clause.profession,
        verification=clause.verification,
        aspect=clause.aspect,
    )
    refusal = _refusal(clause)
    calls_kin = clause.kin is not None and Field.PHONE in clause.fields
    if (Field.CONTACT in clause.fields or calls_kin) and refusal is not Refusal.INSTRUCTION:
        return [Ask(operation=Operation.DEMOGRAPHIC, field=Field.CONTACT)]
    if Field.PRACTITIONER in clause.fields and refusal is not Refusal.INSTRUCTION:
        return [Ask(operation=Operation.DEMOGRAPHIC, field=Field.PRACTITIONER)]
    if refusal is Refusal.NOT_RECORDED and any(CARETEAM in cue.kinds for cue in clause.kinds):
        refusal = None  # a caregiver of the team is on record
    if clause.kin is not None and refusal in (None, Refusal.NOT_RECORDED):
        return [refine(attrs.evolve(draft, operation=_operation(clause)), clause)]
    asks_who = bool(clause.cues) and clause.cues[0].operation is Operation.WHO
    if clause.facet is not None and not asks_who and _asks_for_facet(clause, refusal):
        operation = Operation.DOSE if clause.facet is Facet.DOSAGE else _operation(clause)
        if clause.facet is Facet.FINDINGS and operation is Operation.EXISTS:
            operation = Operation.VALUE  # of a report without words, its results
        return [refine(attrs.evolve(draft, operation=operation, facet=clause.facet), clause)]
    if refusal is not None:
        # what the record says of the thing is told beside the refusal to advise
        about = draft.topics + ((draft.reason,) if draft.reason else ())
        return [
            Ask(operation=Operation.UNANSWERABLE, refusal=refusal, topics=about if refusal is Refusal.ADVICE else ())
        ]
    if clause.sequence is not None and len(clause.topics) > 1:
        return [attrs.evolve(draft, operation=Operation.SEQUENCE, pick=Pick(), status=None, sequence=clause.sequence)]
    if clause.compared is not None and clause.topics:
        return [compare(draft, clause.compared)]
    of_patient = [Ask(operation=Operation.DEMOGRAPHIC, field=field) for field in clause.fields]
    if of_patient and not _is_about_entries(clause):
        return of_patient
    of_record = refine(attrs.evolve(draft, operation=_operation(clause)), clause)
    asks_both = len(of_patient) > 1 or (of_patient and _WITH_MORE.search(clause.visible))
    return [*of_patient, of_record] if asks_both else [of_record]


def compare(draft: Ask, compared: Comparison) -> Ask:
    """The value of one time set against that of another."""
    return attrs.evolve(
        draft, operation=Operation.COMPARE, pick=Pick(), status=None, against=compared.against, compared=compared.asked
    )


def _refusal(clause: Clause) -> Refusal | None:
    asked = {cue.operation for cue in clause.cues}
    ours = _OURS_TO_DECIDE.search(without_deeds(clause.visible, clause.text))
    recorded = Operation.DOSE in asked or (Operation.NORMAL in asked and _measures(clause))
    if clause.refusal is Refusal.ADVICE and clause.topics and not ours and recorded:
        return None  # `how often should she take it` asks what is prescribed, `should it be called high` for the range
    if clause.refusal is not None:
        return clause.refusal
    if _combines(clause):
        return Refusal.ADVICE
    if _SPANISH_DEFINITION.search(clause.visible):
        return Refusal.GENERAL
    if _DEFINITION.search(clause.visible) and not any(topic.is_measured for topic in clause.topics):
        return Refusal.GENERAL
    return None


def _asks_for_facet(clause: Clause, refusal: Refusal | None) -> bool:
    """Whether what is asked of a thing is a matter of the record: how it is to be taken is, whether to take it is not."""
    if refusal is Refusal.ADVICE:
        ours = _OURS_TO_DECIDE.search(without_deeds(clause.visible, clause.text))
        return clause.facet is Facet.DOSAGE and not ours
    if clause.facet is Facet.FINDINGS and (clause.fields or clause.compared is not None):
        return False
    if clause.facet is Facet.CONTENTS and refusal is Refusal.GENERAL:
        return True  # in what a plan consists is told by the plan
    return refusal in (None, Refusal.NOT_RECORDED)


def _combines(clause: Clause) -> bool:
    """Whether nothing is asked but how two things go together: `metformin with renal failure?`."""
    if len(clause.topics) + (clause.reason is not None) < 2 or not _TOGETHER.search(clause.visible):
        return False
    return bool({MEDICATION} & {kind for topic in clause.topics for kind in topic.all_kinds})


_TOGETHER = re.compile(
    rf"^\W*(?:(?:y|and)\s+)?(?:(?:el|la|los|las|the)\s+)?{CONCEPT}+(?:\s+y\s+{CONCEPT}+)?\s+(?:con|with|en|in|durante|during|mas|plus|\+)\s+(?:(?:el|la|los|las|un|una|the|a|su|her|his)\s+)?{CONCEPT}+\W*$"
)


def _is_about_entries(clause: Clause) -> bool:
    """Whether a clause that names one of the patient's own data is about the record after all."""
    if any(topic.concepts for topic in clause.topics):
        return True
    strongest = clause.cues[0].operation if clause.cues else None
    asks_when = strongest is Operation.AGE_AT and (bool(clause.topics) or clause.period is not None)
    return asks_when or any(kind.is_noun for kind in clause.kinds)


def _operation(clause: Clause) -> Operation:
    for cue in clause.cues:
        if cue.operation in _SAYS_LITTLE and _went_somewhere(clause):
            break
        if _CONDITIONS.get(cue.operation, _always)(clause):
            return cue.operation
    if _went_somewhere(clause) and clause.topics and _may_be_followed(clause):
        return Operation.TREND
    if not clause.topics:
        return Operation.VALUE
    if any(topic.has_results for topic in clause.topics):
        return Operation.VALUE
    return Operation.EXISTS if clause.topics[0].is_specific else Operation.LIST


def _went_somewhere(clause: Clause) -> bool:
    """Whether it is asked that something rose, fell, or of what is measured that it got better or worse."""
    return clause.toward is not None or (clause.improved is not None and _is_measured(clause))


_SAYS_LITTLE = frozenset({Operation.EXISTS, Operation.VALUE})
"""Operations whose cues give way to a verb of rising or falling."""


def _always(_clause: Clause) -> bool:
    return True


def _measures(clause: Clause) -> bool:
    """Whether it is about something measured, or about what only the record may know to be."""
    return not clause.topics or any(topic.is_measured or not topic.all_kinds for topic in clause.topics)


def _may_be_followed(clause: Clause) -> bool:
    """Whether it is about something measured, or about a test, of which results may be measured."""
    return _measures(clause) or any(topic.all_kinds & {PROCEDURE, REPORT, MEDICATION} for topic in clause.topics)


def _picks_extreme(clause: Clause) -> bool:
    return clause.pick is not None and clause.pick.order in (Order.HIGHEST, Order.LOWEST)


def _is_specific(clause: Clause) -> bool:
    return not clause.topics or any(topic.is_specific for topic in clause.topics)


def _is_dosed(clause: Clause) -> bool:
    if COUNTED_DOSES.search(clause.visible):
        return False
    kinds = {kind for topic in clause.topics for kind in topic.all_kinds}
    return not kinds or MEDICATION in kinds


def _is_measured(clause: Clause) -> bool:
    return any(topic.is_measured for topic in clause.topics)


def _asks_when_or_why(clause: Clause) -> bool:
    """`when was it stopped`, `por qué se suspendió`: the state is known, and another thing is asked."""
    return _OPENS_WITH.search(clause.visible) is not None


_OPENS_WITH = re.compile(
    r"^\W*(?:y\s+|and\s+)?(?:cuando|en\s+que\s+(?:fecha|ano|mes|dia)|por\s+que|a\s+que\s+se\s+deb|when|why|how\s+come|what\s+date|what(?:'s|\s+is|\s+was)\s+the\s+reason|(?:for\s+)?(?:what|which)\s+(?:reason|made|led|caused)|(?:cual|que)\s+(?:es|fue|era)\s+(?:el|la)\s+(?:motivo|razon|causa)|(?:por|cual|que)\s+(?:que\s+|cual\s+)?(?:motivo|razon|causa)|debido\s+a\s+que|que\s+(?:hizo|llevo))\b"
)


def _lasts(clause: Clause) -> bool:
    kinds = {kind for topic in clause.topics for kind in topic.all_kinds}
    return not kinds or bool(kinds & _LASTING)


def _tells_when_or_changes(clause: Clause) -> bool:
    """`first` beside `last` speaks for a change only where something is measured, and no other question is put."""
    asked = {cue.operation for cue in clause.cues}
    return _measures(clause) and not asked & {Operation.WHEN, Operation.WHO, Operation.WHERE}


_CONDITIONS: Mapping[Operation, Callable[[Clause], bool]] = {
    Operation.SUMMARY: summarises,
    Operation.EXISTS: lambda clause: not _picks_extreme(clause),
    Operation.STATUS: lambda clause: (
        _is_specific(clause) and not _is_measured(clause) and not _asks_when_or_why(clause)
    ),
    Operation.VERIFICATION: lambda clause: bool(clause.topics) and _is_specific(clause) and not _measures(clause),
    Operation.NORMAL: lambda clause: _measures(clause) and not _picks_extreme(clause),
    Operation.TREND: _may_be_followed,
    Operation.CHANGE: _tells_when_or_changes,
    Operation.AVERAGE: _measures,
    Operation.DOSE: _is_dosed,
    Operation.DURATION: _lasts,
}
