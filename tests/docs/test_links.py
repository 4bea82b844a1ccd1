"""Whoever follows a link on a page arrives."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
ROOMS = ("tutorial", "how-to", "reference", "explanation")
LINK = re.compile(r"\[(?:[^\[\]]|\[[^\[\]]*\])*\]\(([^()\s]+(?:\([^()\s]*\))?)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.MULTILINE | re.DOTALL)
INLINE_CODE = re.compile(r"`+[^`\n]*`+")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)


def name(page: Path) -> str:
    """A page as a test's name."""
    return str(page.relative_to(ROOT))


def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def targets(page: Path) -> list[str]:
    """What a page's links point to, other sites aside."""
    found = LINK.findall(INLINE_CODE.sub("`code`", prose(page)))
    return [target for target in found if not urlsplit(target).scheme]


def anchors(page: Path) -> set[str]:
    """Names of a page's headings, as code hosts make them."""
    seen: Counter[str] = Counter()
    found = set()
    for heading in HEADING.findall(prose(page)):
        text = LINK.sub(lambda match: match[0][1 : match[0].rindex("](")], heading).lower()
        slug = re.sub(r"[^\w\- ]", "", text.replace("`", "")).replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_arrives(page: Path) -> None:
    """A link between pages points to a file or folder that is there, and to a heading that the page has."""
    for target in targets(page):
        path, _, fragment = unquote(target).partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        assert there.is_relative_to(ROOT), target
        if fragment and there.suffix == ".md":
            assert fragment in anchors(there), target


@pytest.mark.parametrize("room", ROOMS)
def test_every_page_is_found_from_the_first_one(room: str) -> None:
    """Each page of the four rooms is linked from docs/README.md."""
    first = DOCS / "README.md"
    linked = {(first.parent / target.partition("#")[0]).resolve() for target in targets(first)}
    assert {page for page in (DOCS / room).glob("*.md") if page not in linked} == set()


def test_every_decision_has_a_number_a_date_and_a_name_of_its_own() -> None:
    """A decision is one dated page, NNNN-title.md, and no two have the same number."""
    pages = sorted((DOCS / "decisions").glob("*.md"))
    numbers = Counter(page.name[:4] for page in pages)
    assert [number for number, count in numbers.items() if count > 1] == []
    for page in pages:
        assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", page.name), page.name
        assert re.search(r"\b20\d\d-\d\d-\d\d\b", page.read_text(encoding="utf-8")[:400]), page.name
