"""What a question asks of a thing beside that it is there."""

from __future__ import annotations

from datetime import date

import pytest

from smarthealth.apps.records.understanding.facets import FACET_KINDS, find_facet, may_have
from smarthealth.apps.records.understanding.folding import fold_letters
from smarthealth.apps.records.understanding.question import Ask, Facet, Operation, Topic
from smarthealth.apps.records.understanding.understand import understand
from smarthealth.retrieval.glossary import load_glossary


def only(text: str) -> Ask:
    """The one thing that a text asks."""
    (ask,) = understand(text, history=(), today=date(2024, 3, 15), glossary=load_glossary()).asks
    return ask


@pytest.mark.parametrize(
    ("text", "facet"),
    [
        ("¿Qué mostró la ecografía de abdomen?", Facet.FINDINGS),
        ("What did the chest CT show?", Facet.FINDINGS),
        ("How did the colonoscopy go?", Facet.FINDINGS),
        ("Histology of the breast biopsy?", Facet.FINDINGS),
        ("¿Salió positiva la serología de hepatitis C?", Facet.FINDINGS),
        ("What does her asthma self management plan include?", Facet.CONTENTS),
        ("¿En qué consiste el plan de cuidados?", Facet.CONTENTS),
        ("¿Qué pasó en urgencias?", Facet.COURSE),
        ("What happened at the last visit?", Facet.COURSE),
        ("¿Tuvo complicaciones la colonoscopia?", Facet.COMPLICATIONS),
        ("¿Qué seguimiento quedó después de la colonoscopia?", Facet.FOLLOW_UP),
        ("How long did the colonoscopy take?", Facet.LENGTH),
        ("¿En qué brazo le pusieron la vacuna de influenza?", Facet.SITE),
        ("Where on the body was the influenza vaccine given?", Facet.SITE),
        ("¿Por qué vía le pusieron la vacuna de influenza?", Facet.ROUTE),
        ("What is the lot number of the influenza vaccine?", Facet.LOT),
        ("¿Quién fabricó la vacuna de influenza?", Facet.MAKER),
        ("¿Cuándo vence la vacuna de influenza?", Facet.EXPIRY),
        ("¿A qué hora fue la colonoscopia?", Facet.HOUR),
        ("At what time did the colonoscopy end?", Facet.END_HOUR),
        ("How many puffs of albuterol should she take?", Facet.DOSAGE),
        ("¿Cuántas veces al día toma la metformina?", Facet.DOSAGE),
        ("¿Por qué le suspendieron la metformina?", Facet.STOPPED),
        ("For what reason was metformin discontinued?", Facet.STOPPED),
        ("¿Por qué toma metformina?", None),
        ("¿Cuándo fue la colonoscopia?", None),
        ("¿Cuál es la última glucosa?", None),
        ("¿Cuántas veces al día mide la glucosa?", None),
        ("She sleeps a lot; is she allergic to penicillin?", None),
    ],
)
def test_a_facet_is_told_by_its_phrase_and_by_what_may_have_it(text: str, facet: Facet | None) -> None:
    """In both languages; of what cannot have it nothing of the kind is asked."""
    asks = understand(text, history=(), today=date(2024, 3, 15), glossary=load_glossary()).asks
    assert [ask.facet for ask in asks][-1] is facet


def test_how_a_medicine_is_taken_is_its_dose_and_no_advice() -> None:
    """`should she take` asks what is prescribed; whether we should give it is another thing."""
    assert only("How many puffs of albuterol should she take?").operation is Operation.DOSE
    assert only("How much metformin can we give her?").operation is Operation.UNANSWERABLE


def test_the_words_of_a_facet_are_seen_by_nobody_else() -> None:
    """A phrase is covered, or of it those words that would mean something else."""
    folded = fold_letters("Did the cardioversion work?")
    cue = find_facet(folded)
    assert cue is not None
    assert [folded[start:end] for start, end in cue.spans] == ["work"]
    assert find_facet("which arm was it").spans == ()  # type: ignore[union-attr] # it has a cue
    assert find_facet("nothing") is None


@pytest.mark.parametrize(
    ("topic", "facet", "expected"),
    [
        (Topic(kinds=frozenset({"immunization"})), Facet.LOT, True),
        (Topic(kinds=frozenset({"condition"})), Facet.LOT, False),
        (Topic(kinds=frozenset({"medication"})), Facet.DOSAGE, False),
        (Topic(terms=("zorblaxina",)), Facet.DOSAGE, True),
        (Topic(kinds=frozenset({"medication"})), Facet.FINDINGS, False),
        (Topic(kinds=frozenset({"report"})), Facet.FINDINGS, True),
    ],
)
def test_what_may_have_a_facet(topic: Topic, facet: Facet, expected: bool) -> None:
    """By its kind; a word that the glossary lacks may be anything; some are asked only of what is named."""
    assert may_have([topic], facet) is expected


def test_every_facet_belongs_to_some_kind() -> None:
    """No facet is asked of nothing."""
    assert set(FACET_KINDS) == set(Facet)
