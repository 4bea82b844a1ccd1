"""All passages that there are."""

from __future__ import annotations

from smarthealth.apps.support.knowledge.library import digest_of, imported_sources, manual_sources
from smarthealth.storage.documents import StoredDocument, StoredPassage

WORDS = 9_500
"""Of the manual: about forty pages."""


def test_the_manual_is_whole() -> None:
    """Its rows know their tables, and every id is one passage's."""
    sources = manual_sources()
    assert len({source.id for source in sources}) == len(sources)
    tables = {source.id for source in sources if source.kind == "table"}
    assert all((source.table in tables) is (source.kind == "row") for source in sources)
    text = " ".join(source.text for source in sources if source.kind != "row")
    assert len(text.split()) >= WORDS


def test_imported_documents_are_cited_by_their_names() -> None:
    """And another text is another digest."""
    passages = (StoredPassage(section="A › B", kind="text", text="t"),)
    document = StoredDocument(path="/d/a.md", root="/d", name="a.md", digest="1", title="A", size=1, passages=passages)
    (source,) = imported_sources([document])
    assert (source.file, source.heading, source.id) == ("a.md", "B", "/d/a.md#1")
    assert digest_of([source]) != digest_of([])


def test_rows_are_named_so_that_no_two_are_alike() -> None:
    """By their first cells; those that begin alike know it, and those that are of two cars."""
    names = {source.name: source for source in manual_sources() if source.kind == "row"}
    few, full = (names[f"Tyre 215/50 R17; Load: {load}"] for load in ("up to 3 people", "full load"))
    other, spare = names["Tyre 205/55 R16; Load: full load"], names["Tyre Temporary spare wheel"]
    assert [full.is_like(one) for one in (few, other, spare)] == [True, False, False]
    assert names["Joint Spark plugs, 1.5 T"].is_like(names["Joint Spark plugs, Hybrid"])
    text = next(source for source in manual_sources() if source.kind == "text")
    assert (text.name, text.is_like(text)) == ("", False)
    same = tuple(StoredPassage(section="A", kind="row", text="x; y") for _ in range(2))
    document = StoredDocument(path="/d", root="/d", name="a", digest="1", title="A", size=1, passages=same)
    assert [source.name for source in imported_sources([document])] == ["x; y", "x; y"]
