"""Long texts into passages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from smarthealth.retrieval.splitting import MOST_PASSAGES, OVERLAP, PASSAGE_SIZE, split_text

NOTE = """
# Chief Complaint
- Cough

# Allergies
No Known Allergies.

MEDICATIONS:
simvastatin 10 mg oral tablet

Plan:
Come again.
"""


def test_short_sections_are_joined_under_their_headings() -> None:
    """A note that fits into one passage is one, with its headings in the text."""
    (passage,) = split_text(NOTE)
    assert passage.section == "Chief Complaint · Allergies · MEDICATIONS · Plan"
    assert "Allergies: No Known Allergies." in passage.text
    assert "MEDICATIONS: simvastatin" in passage.text


def test_a_long_section_goes_on_under_its_heading() -> None:
    """Passages of one section carry its heading each."""
    text = "# Plan\n" + "\n\n".join("palabra " * 90 for _ in range(3))
    assert [passage.section for passage in split_text(text)] == ["Plan"] * 3


def test_paragraphs_of_one_section_are_joined_while_they_fit() -> None:
    """Two short paragraphs without a heading make one passage."""
    (passage,) = split_text("uno\n\ndos")
    assert (passage.section, passage.text) == ("", "uno\ndos")


def test_text_before_the_first_heading_is_kept() -> None:
    """What follows a passage without a heading is told with its own."""
    (passage,) = split_text("uno\n# Plan\ndos")
    assert (passage.section, passage.text) == ("Plan", "uno\nPlan: dos")
    (passage,) = split_text("# Plan\nuno\n#\ndos")
    assert passage.section == "Plan"


def test_a_paragraph_too_long_is_cut_between_sentences_with_an_overlap() -> None:
    """A cut comes after a sentence, and the next passage repeats a little."""
    sentences = " ".join(f"Esta es la frase número {number}." for number in range(100))
    first, second, *_ = split_text(sentences)
    assert first.text.endswith(".")
    assert second.text[: OVERLAP // 2] in first.text


def test_a_word_without_end_is_cut_at_the_size() -> None:
    """Where nothing separates, size does, and nothing is lost."""
    passages = split_text("x" * (2 * PASSAGE_SIZE))
    assert all(len(passage.text) <= PASSAGE_SIZE for passage in passages)
    assert sum(len(passage.text) for passage in passages) >= 2 * PASSAGE_SIZE


def test_the_number_of_passages_is_bounded() -> None:
    """What goes beyond the bound is left out."""
    assert len(split_text("palabra " * 100_000)) == MOST_PASSAGES


@given(st.text(max_size=3000))
def test_no_text_makes_a_passage_too_long(text: str) -> None:
    """Passages of any text are bounded and not empty, and there are none of an empty text."""
    passages = split_text(text)
    assert all(0 < len(passage.text) <= PASSAGE_SIZE + PASSAGE_SIZE // 4 + 2 for passage in passages)
    assert bool(passages) == bool(text.strip()) or all(line.strip() for line in text.splitlines())


@given(st.lists(st.sampled_from(["uno dos.", "tres", "", "# A", "B:", "y" * 700]), max_size=40))
def test_every_word_is_kept(lines: list[str]) -> None:
    """No paragraph is lost by splitting."""
    text = " ".join(f"{passage.section} {passage.text}" for passage in split_text("\n".join(lines)))
    assert all(word in text for line in lines if not line.endswith(":") and "#" not in line for word in line.split())
