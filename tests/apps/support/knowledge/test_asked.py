"""In which words customers ask for what a document says."""

from __future__ import annotations

from importlib.resources import files

import pytest

from smarthealth.apps.support.knowledge import asked
from smarthealth.apps.support.knowledge.asked import AskedError, AskedFact, Questions, placed, read_asked
from smarthealth.apps.support.knowledge.library import MANUAL
from smarthealth.retrieval.documents.markdown import markdown_blocks
from smarthealth.retrieval.documents.passages import make_document

PAGE = """# Page

Of the car.

## Wheels

| Trim | Size |
|---|---|
| Aire | 16 |
| Cumbre | 18 |

Keep them clean.

## Seats

| Seat | Height |
|---|---|
| Driver | 560 mm |

## More

| | Colour |
|---|---|
| Roof | red |

### Wheels

There are four.
"""
FACT = b'[[facts]]\nsection = "Wheels"\nrow = "Cumbre"\nen = ["what size"]\nes = ["qu\xc3\xa9 medida"]\n'


def questions(*facts: AskedFact) -> dict[str, Questions]:
    """By text of a passage of the page, those that have some."""
    passages = make_document(markdown_blocks(PAGE), "page.md").passages
    found, lost = placed(facts, passages)
    assert not lost
    return {passage.text: words for passage, words in zip(passages, found, strict=True) if words}


def fact(section: str, row: str | None = None, *words: str) -> AskedFact:
    """Asked for in these words."""
    return AskedFact(section=section, row=row, en=words or ("q",))


def test_a_file_names_section_row_and_words_of_both_languages() -> None:
    """A file without facts has none."""
    (read,) = read_asked(FACT)
    assert read == AskedFact(section="Wheels", row="Cumbre", en=("what size",), es=("qué medida",))
    assert read.questions == ("what size", "qué medida")
    assert read_asked(b"") == []


@pytest.mark.parametrize(
    ("row", "passage"),
    [("Cumbre", "Trim Cumbre; Size: 18"), ("Trim Cumbre", "Trim Cumbre; Size: 18")],
)
def test_a_row_is_named_by_its_first_cell(row: str, passage: str) -> None:
    """As it is printed, or with the name of its column."""
    assert questions(fact("Wheels", row)) == {passage: (("q",),)}
    assert questions(fact("More", "Roof")) == {"Roof; Colour: red": (("q",),)}


def test_rows_that_begin_alike_are_named_by_two_cells() -> None:
    """Apart as the cells of a table are."""
    page = (
        "# Page\n\n| Trim | Load | Front |\n|---|---|---|\n| Aire | few | 2.3 |\n| Aire | full | 2.5 |\n| Brisa | | |\n"
    )
    passages = make_document(markdown_blocks(page), "page.md").passages
    facts = [fact("Page", "Aire | full", "loaded"), fact("Page", "Trim Aire | few", "alone"), fact("Page", "Brisa")]
    found, lost = placed(facts, passages)
    assert (found[1:], lost) == ([(("alone",),), (("loaded",),), (("q",),)], [])


def test_what_names_no_row_is_for_the_text() -> None:
    """Of each section of that name, or of the one whose headings are all told; for the table where there is no text."""
    assert questions(fact("Wheels")) == {"Keep them clean.": (("q",),), "There are four.": (("q",),)}
    assert questions(fact("More › Wheels")) == {"There are four.": (("q",),)}
    assert questions(fact("Page")) == {"Of the car.": (("q",),)}
    assert list(questions(fact("Seats"))) == ["Seat | Height\nDriver | 560 mm"]


def test_one_passage_may_say_several_things() -> None:
    """Each fact's together."""
    words = questions(fact("Wheels", "Aire", "a", "b"), fact("Wheels", "Aire", "b", "c"))
    assert words == {"Trim Aire; Size: 16": (("a", "b"), ("b", "c"))}


def test_what_is_not_in_the_document_is_told() -> None:
    """By section and row."""
    passages = make_document(markdown_blocks(PAGE), "page.md").passages
    _, lost = placed([fact("Wings"), fact("Wheels", "Brisa"), fact("Wheels")], passages)
    assert list(map(str, lost)) == ["section “Wings”", "section “Wheels”, row “Brisa”"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xff", "no TOML"),
        (b"x = [", "no TOML"),
        (b"x = 1", "something else"),
        (b"facts = 1", "something else"),
        (b"facts = [1]", "facts 1 has other keys"),
        (b"[[facts]]\nsection = 'A'\nfr = ['x']", "facts 1 has other keys"),
        (b"[[facts]]\nen = ['x']", "facts 1: section"),
        (b"[[facts]]\nsection = 'A'\nrow = 1", "facts 1: section"),
        (b"[[facts]]\nsection = 'A'\nen = 'x'", "facts 1: en must be"),
        (b"[[facts]]\nsection = 'A'\nes = [' ']", "facts 1: es must be"),
        (b"[[facts]]\nsection = 'A'\nes = ['" + b"x" * 301 + b"']", "longer than 300 characters"),
    ],
)
def test_a_malformed_file_is_refused(data: bytes, reason: str) -> None:
    """With the reason, and where."""
    with pytest.raises(AskedError, match=reason):
        read_asked(data)


def test_a_file_has_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of its questions and of its size."""
    monkeypatch.setattr(asked, "MOST_QUESTIONS", 1)
    with pytest.raises(AskedError, match="more than 1 questions"):
        read_asked(FACT)
    monkeypatch.setattr(asked, "LARGEST_FILE", 1)
    with pytest.raises(AskedError, match="larger than 1 bytes"):
        read_asked(FACT)


def test_what_is_asked_of_the_manual_is_in_it() -> None:
    """Each section and row that its files of questions name."""
    folder = files("smarthealth.apps.support").joinpath(MANUAL)
    for file in folder.iterdir():
        if file.name.endswith(asked.SUFFIX):
            chapter = folder.joinpath(file.name.replace(asked.SUFFIX, ".md"))
            document = make_document(markdown_blocks(chapter.read_text(encoding="utf-8")), chapter.name)
            _, lost = placed(read_asked(file.read_bytes()), document.passages)
            assert not lost, file.name
