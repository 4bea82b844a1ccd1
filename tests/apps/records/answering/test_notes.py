"""What clinical notes say."""

from __future__ import annotations

from datetime import date

from smarthealth.apps.records.answering.chart import Found
from smarthealth.apps.records.answering.entries import Entry, Person
from smarthealth.apps.records.answering.facts import Fact
from smarthealth.apps.records.answering.labels import Labels
from smarthealth.apps.records.answering.matching import Matched
from smarthealth.apps.records.answering.material import Material
from smarthealth.apps.records.answering.notes import MOST_QUOTED, report_mentions, report_notes
from smarthealth.apps.records.understanding.question import Ask, Operation, Order, Pick, TimeRange, Topic
from smarthealth.retrieval.glossary import load_glossary

NOTES = Topic(kinds=frozenset({"document"}), surface="notes")
ASTHMA = Topic(concepts=(load_glossary()["asthma"],), surface="asthma")


def note(identity: int, day: date, body: str | None) -> Entry:
    """A note of a day."""
    return Entry(id=identity, record=f"d/{identity}", kind="document", display="Note", on=day, body=body)


NEW = note(2, date(2021, 1, 1), "# Chief Complaint\n- Cough\n")
OLD = note(
    1, date(2020, 1, 1), "# Plan\nAvoid alcohol. Return in 3 months.\n\nRecomendaciones: hidratación.\nAsthma is mild."
)


def material(ask: Ask, *notes: Entry, topic: Topic = NOTES) -> Material:
    """What a report of notes is made from."""
    return Material(
        ask=ask,
        topic=topic,
        matched=Matched(core=()),
        found=Found(notes, len(notes)),
        labels=Labels("en", load_glossary()),
        person=Person(full_name="Laura"),
        today=date(2024, 1, 1),
        period=None,
    )


def told(ask: Ask, *notes: Entry) -> Fact:
    """The fact that notes tell."""
    (finding,) = report_notes(material(ask, *notes), load_glossary())
    return finding.fact


def quotes(ask: Ask, *notes: Entry) -> list[str | None]:
    """What is quoted."""
    return [item.note for item in told(ask, *notes).items]


def test_advice_is_quoted_from_the_newest_note_that_gives_any() -> None:
    """Lines of advice, whatever their heading; else the plan."""
    asked = Ask(operation=Operation.NOTE, section="advice")
    assert quotes(asked, NEW, OLD) == ["hidratación."]
    plan = note(3, date(2019, 1, 1), "# Plan\nRest.\n")
    assert quotes(asked, NEW, plan) == ["Rest."]


def test_a_part_that_no_note_has_is_absent_by_its_name() -> None:
    """There are notes, and none has it: that there is no note would be wrong."""
    missing = told(Ask(operation=Operation.NOTE, section="social"), NEW)
    assert (missing.say, missing.about) == ("absent", "«social history in the notes»")
    assert told(Ask(operation=Operation.NOTE), note(1, date(2020, 1, 1), None)).say == "absent"


def test_without_a_part_the_gist_of_the_last_note_is_quoted() -> None:
    """One note where one is asked for; of a time as many as can be read, each text once."""
    assert quotes(Ask(operation=Operation.NOTE), NEW, OLD) == ["Cough"]
    assert quotes(Ask(operation=Operation.NOTE, pick=Pick(order=Order.FIRST)), NEW, OLD)[0] != "Cough"
    many = [note(number, date(2020, 1, number), f"# Plan\nRest {number}.") for number in range(1, 9)]
    of_time = Ask(operation=Operation.NOTE, period=TimeRange(since=date(2020, 1, 1)))
    assert len(quotes(of_time, *many)) == MOST_QUOTED
    assert len(quotes(of_time, NEW, NEW)) == 1


def test_what_notes_say_of_a_topic_is_quoted() -> None:
    """The section asked for, or the lines that speak of it."""
    assert quotes(Ask(operation=Operation.NOTE, section="complaint"), NEW, OLD) == ["Cough"]
    assert quotes(Ask(operation=Operation.NOTE, topics=(ASTHMA, NOTES)), NEW, OLD) == ["Asthma is mild."]


def test_a_mention_is_quoted_once() -> None:
    """What no entry holds, a note may mention; what none mentions is nothing."""
    asked = Ask(operation=Operation.EXISTS)
    (finding,) = report_mentions(material(asked, NEW, OLD, OLD, topic=ASTHMA), load_glossary())
    assert (finding.fact.say, len(finding.fact.items)) == ("mentioned", 1)
    assert report_mentions(material(asked, NEW, topic=ASTHMA), load_glossary()) == []


def test_what_is_yet_to_be_done_tells_no_result() -> None:
    """A plan mentions a test, and yet answers nothing about how it turned out."""
    asked = Ask(operation=Operation.VALUE, topics=(ASTHMA,))
    planned = note(7, date(2020, 1, 1), "# Plan\nReview of asthma.\n# Assessment\nAsthma to be reviewed.")
    about = material(asked, planned, topic=ASTHMA)
    assert report_mentions(about, load_glossary(), as_result=True) == []
    assert report_mentions(about, load_glossary()) != []
