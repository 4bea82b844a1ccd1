"""What takes an alarm back: denial, the past, other people's stories, questions, figures of speech, and that it is over.

After NegEx and ConText: a cue has a scope, which ends at the end of a sentence, at a contrast (`pero`, `but`) and, for most, at
a comma. A denial reaches a sign only over words that may stand between them (`no fever, cough or chest pain`); another verb in
between (`can't sleep for the pain`) stops it. What is uncertain raises the alarm.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

import attrs

from .files import read_toml
from .patterns import Match, Matcher
from .text import Border, Token

_CONTRASTS: Final = frozenset(["pero", "but", "although", "aunque", "however", "though", "except", "excepto"])
_JOINERS: Final = frozenset(["y", "and", "e", "then", "luego", "entonces"])
_LISTING: Final = frozenset(["or", "nor", "ni", "o", "u", "any"])
_OPENERS: Final = frozenset(
    [
        "me",
        "le",
        "se",
        "les",
        "nos",
        "tengo",
        "tiene",
        "siento",
        "siente",
        "estoy",
        "esta",
        "estan",
        "ahora",
        "i",
        "he",
        "she",
        "they",
        "it",
        "my",
        "his",
        "her",
        "our",
        "mi",
        "su",
        "is",
        "are",
        "am",
        "there",
        "hay",
        "can",
        "will",
        "does",
        "did",
    ]
)
"""Words that begin a statement of its own after a comma."""
_UNKNOWN_PASSED: Final = 1
_DENIAL_REACH: Final = 12
_NEAR: Final = 5
_BEFORE_ANIMAL: Final = 3
"""Words."""
_ARTICLES: Final = frozenset(["my", "mi", "the", "el", "la", "a", "un", "una", "our", "nuestro", "nuestra"])


@attrs.frozen(kw_only=True)
class _Cues:
    matcher: Matcher
    bridge: frozenset[str]
    block: frozenset[str]
    people: frozenset[str]
    """Words that tell of a person, or of what an animal does to one."""


@cache
def _load() -> _Cues:
    table = read_toml("context.toml")
    lists = {
        name: words.split()
        for source in (read_toml("lists.toml"), table.pop("lists"))
        for name, words in source.items()
    }
    bridge, block = frozenset(table.pop("bridge").split()), frozenset(table.pop("block").split())
    patterns = [(kind, line) for kind, lines in table.items() for line in lines.splitlines() if line.strip()]
    matcher = Matcher(patterns, lists=lists, corrects=False)
    people = frozenset((*lists["someone"], *lists["person"], *lists["child"], *lists["infant"])) - _ARTICLES
    return _Cues(matcher=matcher, bridge=bridge, block=block, people=people)


class Context:
    """The cues of one message, asked about one sign after the other."""

    def __init__(self, message: str, tokens: Sequence[Token], signs: Sequence[Match]) -> None:
        """Find all cues.

        Args:
            message: As written.
            tokens: Its words.
            signs: All that was found in it; a denial passes from one sign to the next.
        """
        self._tokens = tokens
        self._cues = _load()
        self._told = frozenset(place for sign in signs for place in range(sign.start, sign.end))
        self._by_kind: dict[str, list[Match]] = {}
        for match in self._cues.matcher.find(tokens):
            self._by_kind.setdefault(match.label, []).append(match)
        self._sentence = _numbered(tokens, lambda token: token.border is Border.HARD)
        self._clause = _numbered(tokens, lambda token: token.border is Border.HARD or token.text in _CONTRASTS)
        self._part = _numbered(tokens, lambda token: token.border is not Border.NONE or token.text in _CONTRASTS)
        self._by_clause: dict[tuple[str, int], list[Match]] = {}
        for kind, cues in self._by_kind.items():
            for cue in cues:
                self._by_clause.setdefault((kind, self._clause[cue.start]), []).append(cue)
        self._phrase = _numbered(
            tokens, lambda token: token.border is not Border.NONE or token.text in _CONTRASTS or token.text in _JOINERS
        )
        self._questions = _questions(message, tokens, self._sentence)
        self._figures = {place for match in self._of("not-hypothetical") for place in range(match.start, match.end)}
        self._denials = sorted(self._true_denials(), key=lambda denial: denial.end)
        self._denial_ends = [denial.end for denial in self._denials]
        self._of_animals = self._animals() if self._of("animal") else []
        self._unresolved = frozenset(match.start for match in self._of("unresolved"))
        self._idioms = frozenset(place for cue in self._of("idiom") for place in range(cue.start, cue.end))
        self._now_sentences = frozenset(self._sentence[cue.start] for cue in self._of("now"))
        self._now_phrases = frozenset(self._phrase[cue.start] for cue in self._of("now"))
        self._told_past = frozenset(self._clause[cue.start] for cue in self._of("preterite"))
        self._fiction = frozenset(self._sentence[cue.start] for cue in self._of("fiction"))
        self._words_in_part = Counter(self._part)

    def excludes(self, sign: Match) -> bool:
        """Whether the sign is no danger now."""
        return self.mark(sign) != ""

    def mark(self, sign: Match) -> str:
        """How the sign is taken back; nothing where it stands."""
        if self._in_idiom(sign):
            return "IDIOM_"
        if self._is_of_animal(sign):
            return "ANIMAL_"
        if self._is_denied(sign):
            return "NEG_"
        if self._is_past(sign):
            return "PAST_"
        if self._is_of_family(sign):
            return "FAMILY_"
        return "ASKED_" if self._is_asked_about(sign) else ""

    def is_over(self, sign: Match) -> bool:
        """Whether the message says after the sign that it is over, and nothing to the contrary after that."""
        for cue in self._of("resolved"):
            if cue.start >= sign.end - 1 and not any(place >= cue.end for place in self._unresolved):
                return True
        return False

    def _of(self, kind: str) -> list[Match]:
        return self._by_kind.get(kind, [])

    def _in_clause(self, kind: str, clause: int) -> list[Match]:
        """The cues of a kind that begin in a clause."""
        return self._by_clause.get((kind, clause), [])

    def _in_idiom(self, sign: Match) -> bool:
        return not self._idioms.isdisjoint(range(sign.start, sign.end))

    def _true_denials(self) -> list[Match]:
        covered = {place for match in self._of("not-negation") for place in range(match.start, match.end)}
        return [match for match in self._of("negation") if match.start not in covered]

    def _is_denied(self, sign: Match) -> bool:
        first = bisect_left(self._denial_ends, sign.start - _DENIAL_REACH)
        last = bisect_right(self._denial_ends, sign.start)
        return any(self._reaches(denial, sign) for denial in self._denials[first:last]) or self._is_answered_no(sign)

    def _reaches(self, denial: Match, sign: Match) -> bool:
        if self._clause[denial.start] != self._clause[sign.start]:
            return False
        unknown = 0
        for place in range(denial.end, sign.start):
            word = self._tokens[place].text
            is_next = word in _JOINERS and self._tokens[denial.start].text in _LISTING
            if is_next or word in self._cues.block or self._begins_anew(place):
                return False
            unknown += word not in self._cues.bridge and place not in self._told
        if unknown > _UNKNOWN_PASSED:
            return False
        commas = [place for place in range(denial.end, sign.start + 1) if self._tokens[place].border is Border.SOFT]
        return not commas or (
            self._is_listed(denial, sign) and not any(self._tokens[place].text in _OPENERS for place in commas)
        )

    def _begins_anew(self, place: int) -> bool:
        """Whether a statement of its own follows: `no fever and he feels…`."""
        following = self._tokens[place + 1].text if place + 1 < len(self._tokens) else ""
        return self._tokens[place].text in _JOINERS and following in _OPENERS

    def _is_listed(self, denial: Match, sign: Match) -> bool:
        """Whether what is denied goes on over commas: `no fever, cough or chest pain`."""
        end = min(len(self._tokens), sign.end + _NEAR)
        return any(
            self._tokens[place].text in _LISTING and self._clause[place] == self._clause[sign.start]
            for place in range(denial.end, end)
        )

    def _is_answered_no(self, sign: Match) -> bool:
        """`Chest pain? No.`."""
        return (
            sign.end < len(self._tokens)
            and self._tokens[sign.end].text
            in {"no", "negative", "negativo", "denied", "negado", "ninguna", "ninguno", "none"}
            and self._tokens[sign.end].border is not Border.NONE
            and (sign.end + 1 == len(self._tokens) or self._tokens[sign.end + 1].border is not Border.NONE)
            and (self._tokens[sign.end].border is Border.HARD and self._sentence[sign.start] in self._questions)
        )

    def _is_past(self, sign: Match) -> bool:
        clause = self._clause[sign.start]
        if self._phrase[sign.start] in self._now_phrases:
            return False
        cues = self._in_clause("past", clause)
        if clause in self._told_past:
            cues = [*cues, *self._in_clause("recent-past", clause)]
        return any(self._near(cue, sign) for cue in cues)

    def _near(self, cue: Match, sign: Match) -> bool:
        """Whether a time belongs to the sign: in the same part of the sentence, or in a short one beside it."""
        here, there = self._phrase[sign.start], self._phrase[cue.start]
        if (
            here == there
            or self._phrase[sign.end - 1] == there
            or (here < there and self._part[sign.start] == self._part[cue.start])
        ):
            return True
        beside = self._part[cue.start] - self._part[sign.start]
        return abs(beside) == 1 and self._words_in_part[self._part[cue.start]] <= cue.end - cue.start + 2

    def _is_of_family(self, sign: Match) -> bool:
        return not self._says_now(sign) and any(
            self._sentence[cue.start] == self._sentence[sign.start] and self._part[cue.start] <= self._part[sign.start]
            for cue in self._of("family")
        )

    def _is_of_animal(self, sign: Match) -> bool:
        """`My dog cannot breathe`, but not `my dog bit my son`."""
        return any(
            self._sentence[cue.start] == self._sentence[sign.start] and cue.start <= sign.start
            for cue in self._of_animals
        )

    def _animals(self) -> list[Match]:
        """Those at the beginning of sentences that tell of no person and of no bite."""
        firsts = {number: self._sentence.index(number) for number in set(self._sentence)}
        peopled = {
            number
            for token, number in zip(self._tokens, self._sentence, strict=True)
            if token.text in self._cues.people
        }
        return [
            cue
            for cue in self._of("animal")
            if self._sentence[cue.start] not in peopled
            and cue.start - firsts[self._sentence[cue.start]] <= _BEFORE_ANIMAL
        ]

    def _is_asked_about(self, sign: Match) -> bool:
        if self._sentence[sign.start] in self._fiction:
            return True
        if self._says_now(sign):
            return False
        for kind in ("hypothetical", "informational"):
            for cue in self._in_clause(kind, self._clause[sign.start]):
                if cue.start in self._figures:
                    continue
                if cue.start < sign.end and self._part[sign.start] - self._part[cue.end - 1] <= 1:
                    return True
                if kind == "informational" and cue.start - sign.end <= 1:
                    return True
        return False

    def _says_now(self, sign: Match) -> bool:
        return self._sentence[sign.start] in self._now_sentences


def _numbered(tokens: Sequence[Token], begins: Callable[[Token], bool]) -> list[int]:
    """For each word the number of the piece that it stands in; `begins` says where one begins."""
    numbers: list[int] = []
    number = 0
    for token in tokens:
        number += begins(token)
        numbers.append(number)
    return numbers


def _questions(message: str, tokens: Sequence[Token], sentences: Sequence[int]) -> frozenset[int]:
    """Numbers of the sentences that end with a question mark."""
    found = set()
    for place, token in enumerate(tokens):
        is_last = place + 1 == len(tokens) or sentences[place + 1] != sentences[place]
        end = len(message) if place + 1 == len(tokens) else tokens[place + 1].start
        if is_last and "?" in message[token.end : end]:
            found.add(sentences[place])
    return frozenset(found)
