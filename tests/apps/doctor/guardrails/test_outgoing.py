"""What an answer shows."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.doctor.guardrails.outgoing import _INSTEAD, OutputBarrier
from smarthealth.apps.doctor.guardrails.sentences import LONGEST_SENTENCE, LOOK_AHEAD
from tests.apps.doctor.conftest import PASSAGE
from tests.apps.doctor.guardrails.conftest import case_of, rows

PROSE = st.lists(
    st.sampled_from([row["text"] for row in (*rows("hidden"), *rows("shown"))])
    | st.sampled_from(
        ["Rest. ", "See [1, 7]. ", "https://made.up/x ", "\n", "- ", '{"level": "IV"}\n', "---\n", "word " * 130]
    ),
    max_size=8,
).map(" ".join)


def let_out(who: str, text: str, size: int | None = None) -> str:
    """What is shown of a text that comes in pieces."""
    barrier = OutputBarrier(case_of(who, text))
    size = size or len(text) or 1
    shown = "".join(barrier.feed(text[start : start + size]) for start in range(0, len(text), size))
    return shown + barrier.finish()


def test_what_must_not_be_shown_is_replaced(hidden: Sequence[dict[str, str]]) -> None:
    """Doses, prescriptions, certain diagnoses, medicines that would harm this person."""
    assert len(hidden) >= 80
    leaked = [
        row
        for row in hidden
        if _INSTEAD[row["why"]][case_of(row["who"], row["text"]).language] not in let_out(row["who"], row["text"])
    ]
    assert leaked == []


def test_what_may_be_shown_stays_as_it_is(shown: Sequence[dict[str, str]]) -> None:
    """Values, drinks, honey, days, per cents, degrees, warnings."""
    assert len(shown) >= 80
    assert [row for row in shown if let_out(row["who"], row["text"]) != row["text"]] == []


@given(PROSE, st.integers(1, 30), st.sampled_from(["none", "penicillin", "pregnant"]))
def test_no_cut_of_the_stream_changes_what_is_shown(text: str, size: int, who: str) -> None:
    """However a provider cuts it."""
    assert let_out(who, text, size) == let_out(who, text)


def test_no_more_than_one_sentence_waits() -> None:
    """What has come and is not shown is never longer than the longest sentence."""
    barrier, text = OutputBarrier(case_of("none")), "Drink enough and rest well. " * 40
    waiting = 0
    for character in text:
        waiting += 1 - len(barrier.feed(character))
        assert waiting <= len("Drink enough and rest well. ")
    barrier, waiting = OutputBarrier(case_of("none")), 0
    for _ in range(2000):
        waiting += 5 - len(barrier.feed("word "))
        assert waiting <= LONGEST_SENTENCE + LOOK_AHEAD


def test_a_sentence_that_holds_stands_once_for_all_of_a_kind() -> None:
    """Lines of a list stay lines."""
    text = "- Take 500 mg.\n- Take 400 mg.\nRest. Take 2 tablets. Sleep."
    assert let_out("none", text) == "- The dose is for a professional or a pharmacist to say.\n\nRest. Sleep."


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Honey helps [1].", "Honey helps [1]."),
        ("Honey helps [2].", "Honey helps."),
        ("Honey helps [1, 2].", "Honey helps [1]."),
        ("Honey helps [0; 99].", "Honey helps."),
        ("See https://example.com/cure for it.", "See  for it."),
        ("See mayoclinic.org/x for it.", "See  for it."),
        ("See nhs.uk for it.", "See nhs.uk for it."),
        ("See [this page](https://example.com/cure).", "See this page."),
        ("See [cough](https://www.nhs.uk/conditions/cough/).", "See [cough](https://www.nhs.uk/conditions/cough/)."),
        ("Found by Smith (doi:10.1000/182).", "Found by Smith ()."),
        ('Rest.\n```json\n{\n"level": "IV"\n}\n```\n---\nSleep.', "Rest.\nSleep."),
    ],
)
def test_what_nobody_published_is_not_cited(text: str, shown: str) -> None:
    """Marks, links, papers and addresses without a source, and what is left of a structured result."""
    assert let_out("none", text) == shown


def test_an_address_that_is_none_names_no_site() -> None:
    """A source may be without one."""
    case = attrs.evolve(case_of("none"), sources=(attrs.evolve(PASSAGE, url=""),))
    barrier = OutputBarrier(case)
    assert barrier.feed("See nhs.uk now. ") + barrier.finish() == "See  now. "


@pytest.mark.parametrize(
    "stretch", ["1", "1 ", "a", "no ", "[", "[1]", ".", "take ", "a.", "you have ", "http://", "*"]
)
def test_runs_of_anything_are_let_out_or_not(stretch: str) -> None:
    """A hostile model gets no further than a sentence at a time."""
    assert isinstance(let_out("penicillin", stretch * 3000), str)
