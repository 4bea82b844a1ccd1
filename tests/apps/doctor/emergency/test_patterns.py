import pytest

from smarthealth.apps.doctor.emergency.patterns import Match, Matcher
from smarthealth.apps.doctor.emergency.text import tokenize

LISTS = {"chest": ["pecho", "torac*"]}


def found(pattern: str, message: str, **more: object) -> list[tuple[int, int]]:
    """Where a pattern meets a message."""
    matcher = Matcher([("a", pattern)], lists=LISTS, **more)  # type: ignore[arg-type]
    return [(match.start, match.end) for match in matcher.find(tokenize(message))]


@pytest.mark.parametrize(
    ("pattern", "message", "expected"),
    [
        ("pecho", "me duele el pecho", [(3, 4)]),
        ("pecho", "me duele el pexho", [(3, 4)]),
        ("=pecho", "me duele el pexho", []),
        ("respir*", "respirando", [(0, 1)]),
        ("respir*", "rrespirando", [(0, 1)]),
        ("duele|dolor <chest>", "dolor toracico", [(0, 2)]),
        ("#", "son 3", [(1, 2)]),
        ("3", "son 3", [(1, 2)]),
        ("duele ?mucho pecho", "duele pecho", [(0, 2)]),
        ("duele ?mucho pecho", "duele mucho pecho", [(0, 3)]),
        ("duele ... pecho", "duele en todo el pecho", [(0, 5)]),
        ("duele ... pecho", "duele a b c d e pecho", []),
        ("duele ..5 pecho", "duele z b c t e pecho", [(0, 7)]),
        ("duele ... pecho", "duele pero no el pecho", []),
        ("duele ... pecho", "duele. pecho", []),
        ("no respira", "no, respira", []),
        ("no ?... respira", "no le respira", [(0, 3)]),
        ("?mi pecho", "mi pecho", [(0, 2)]),
        ("duele ?... ?el pecho", "duele ahora pecho", [(0, 3)]),
        ("a ?b ... z", "a q z", [(0, 3)]),
        ("?mi ... pecho", "mi q pecho", [(0, 3)]),
        ("a ?b ... z", "a b q z", [(0, 4)]),
    ],
)
def test_elements(pattern: str, message: str, expected: list[tuple[int, int]]) -> None:
    """Each element meets what the table of the module says."""
    assert found(pattern, message) == expected


def test_a_pattern_that_is_told_twice_counts_once() -> None:
    """Rules are written by people, and a sign may list the same words again."""
    matcher = Matcher([("a", "pecho"), ("a", "pecho")], lists=LISTS)
    assert [match.label for match in matcher.find(tokenize("pecho"))] == ["a"]


def test_known_words_and_matchers_without_correction_take_words_as_they_are() -> None:
    """`techo` is no misspelt `pecho`."""
    assert found("pecho", "techo", known=["techo"]) == []
    assert found("pecho", "techo", corrects=False) == []
    assert found("pecho", "techo") == [(0, 1)]


def test_patterns_are_refused_where_no_message_could_meet_them() -> None:
    """Lists that are not there, and words that the text never has."""
    with pytest.raises(KeyError):
        found("<none>", "x")
    with pytest.raises(ValueError, match="not written out"):
        found("can't", "x")


def test_several_patterns_share_beginnings_and_labels() -> None:
    """Of one label that ends at one word, the longest stays."""
    matcher = Matcher([("a", "el pecho"), ("a", "pecho"), ("b", "el pecho"), ("b", "el pecho duele")], lists={})
    assert matcher.find(tokenize("el pecho")) == [Match("a", 0, 2), Match("b", 0, 2)]
    assert matcher.knows("pecho")
    assert not matcher.knows("otro")
    assert matcher.vocabulary() == {"pecho", "duele"}


@pytest.mark.parametrize("unit", ["a ", "a b ", "a a a b a a ", "no a "])
def test_ways_are_bounded_by_the_patterns(unit: str) -> None:
    """A repeated message gives at most one match per label and word."""
    patterns = [(str(number), f"a ..{number} b ... a") for number in range(1, 9)]
    tokens = tokenize(unit * 300)
    assert len(Matcher(patterns, lists={}).find(tokens)) <= len(patterns) * len(tokens)


def test_of_misspelt_stems_each_is_met_at_its_own_length() -> None:
    """`rezpirar` begins almost like both."""
    matcher = Matcher([("a", "respir*"), ("b", "respi*")], lists={})
    assert {match.label for match in matcher.find(tokenize("rezpirar"))} == {"a", "b"}
