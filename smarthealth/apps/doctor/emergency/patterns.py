"""Phrases looked for in a message, all at once, in time that grows with the message alone.

A pattern is a line of elements apart by spaces:

| element | meets |
|---|---|
| `pecho` | the word, or a word one letter away from it when it has five letters and more |
| `=pecho` | the word exactly |
| `respir*` | a word that begins so |
| `a|b*` | any of them |
| `<child>` | any word of that list |
| `#` | a number |
| `?mi` | the element, or nothing |
| `...`, `..7` | up to four, up to seven words between, within a sentence, none of them a denial or a contrast |

Theory of operation. All patterns are one tree, so that common beginnings are walked once. The walk keeps, for each node of the
tree, the best way to have reached it; the number of ways is bounded by the tree, never by the message, and no way is walked
twice. So no message can make it slow, whatever it repeats.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import attrs

from smarthealth.retrieval.spelling import one_edit_apart

from .text import Border, Token, tokenize

_CORRECTED_FROM = 5
"""Letters of a word that may be misspelt; shorter ones have too many neighbours."""
_GAP = 4
_WORDS_REMEMBERED = 20_000
_BARRIERS = frozenset(
    [
        "no",
        "not",
        "sin",
        "ni",
        "nor",
        "without",
        "pero",
        "but",
        "aunque",
        "although",
        "however",
        "never",
        "nunca",
        "tampoco",
    ]
)
"""Words that a gap does not skip: what follows them is another matter."""
_STAYS = frozenset({"no", "not"})
"""Words that do not reach over a comma: `no, respira bien`."""


@attrs.frozen
class Match:
    """A pattern found: its label and the words that it covers, `end` exclusive."""

    label: str
    start: int
    end: int


@attrs.define(eq=False)
class _Node:
    edges: dict[str, list[_Node]] = attrs.field(factory=dict)
    children: dict[tuple[frozenset[str], int], _Node] = attrs.field(factory=dict)
    labels: list[str] = attrs.field(factory=list)
    gap: int = 0
    """Words that may stand between the one that led here and the next."""


_Ways = dict[_Node, tuple[int, int]]
"""How each node was reached: where the pattern began, and how many words may still be skipped."""


@attrs.frozen
class _Element:
    symbols: frozenset[str]
    optional: bool
    gap: int
    """Words that may follow before the next element."""


class Matcher:
    """All patterns of all labels."""

    def __init__(
        self,
        patterns: Iterable[tuple[str, str]],
        *,
        lists: Mapping[str, Sequence[str]],
        known: Iterable[str] = (),
        corrects: bool = True,
    ) -> None:
        """Compile them.

        Args:
            patterns: Label and pattern.
            lists: Words of each `<name>`.
            known: Words that are right as they are, though near to one of the patterns.
            corrects: Whether a word one letter away is met, too.
        """
        self._corrects = corrects
        self._root = _Node()
        self._exact: dict[str, set[str]] = {}
        self._stems: dict[str, set[str]] = {}
        self._known = frozenset(known)
        for name, words in lists.items():
            for word in words:
                self._learn(word, f"<{name}>")
        for label, pattern in patterns:
            self._add(label, _elements(pattern, lists))
        self._lengths = sorted({len(stem) for stem in self._stems})
        self._near = _neighbours(word for word in self._exact if len(word) >= _CORRECTED_FROM)
        self._near_stems = _neighbours(stem for stem in self._stems if len(stem) >= _CORRECTED_FROM)
        self.symbols = lru_cache(maxsize=_WORDS_REMEMBERED)(self._symbols)

    def find(self, tokens: Sequence[Token]) -> list[Match]:
        """Every place of every pattern; of one label that ends at one word, the longest."""
        found: dict[tuple[str, int], Match] = {}
        ways: _Ways = {}
        for place, token in enumerate(tokens):
            if token.border is Border.HARD or (token.border is Border.SOFT and tokens[place - 1].text in _STAYS):
                ways = {}
            following: _Ways = {}
            for symbol in self.symbols(token.text):
                for node, (start, _) in (*ways.items(), (self._root, (place, 0))):
                    if symbol in node.edges:
                        for child in node.edges[symbol]:
                            _keep(following, child, start, child.gap)
            if token.text not in _BARRIERS:
                for node, (start, slack) in ways.items():
                    if slack:
                        _keep(following, node, start, slack - 1)
            for node, (start, slack) in following.items():
                if node.labels and slack == node.gap:
                    for label in node.labels:
                        best = found.get((label, place))
                        if best is None or start < best.start:
                            found[label, place] = Match(label, start, place + 1)
            ways = following
        return sorted(found.values(), key=lambda match: (match.start, match.end, match.label))

    def knows(self, word: str) -> bool:
        """Whether some pattern holds the word as it is."""
        return word in self._exact

    def vocabulary(self) -> frozenset[str]:
        """Words and stems of all patterns that may be misspelt."""
        return frozenset(word for word in (*self._exact, *self._stems) if len(word) >= _CORRECTED_FROM)

    def _learn(self, word: str, symbol: str) -> None:
        if word.endswith("*"):
            self._stems.setdefault(word[:-1], set()).add(symbol)
        else:
            self._exact.setdefault(word.removeprefix("="), set()).add(symbol)

    def _add(self, label: str, elements: Sequence[_Element]) -> None:
        nodes = [self._root]
        for place, element in enumerate(elements):
            following = elements[place + 1] if place + 1 < len(elements) else None
            is_shared = len(nodes) == 1 and not element.optional and (following is None or not following.optional)
            child = self._child(nodes, element, is_shared=is_shared)
            if element.optional:
                for node in [one for one in nodes if one is not self._root]:
                    node.gap = max(node.gap, element.gap)
                nodes = [*nodes, child]
            else:
                nodes = [child]
        for node in nodes:
            if node is not self._root and label not in node.labels:
                node.labels.append(label)

    def _child(self, nodes: Sequence[_Node], element: _Element, *, is_shared: bool) -> _Node:
        """The node that an element leads to, the same for all patterns that begin alike."""
        key = (element.symbols, element.gap)
        if is_shared and key in nodes[0].children:
            return nodes[0].children[key]
        child = _Node(gap=element.gap)
        if is_shared:
            nodes[0].children[key] = child
        for symbol in element.symbols:
            for node in nodes:
                node.edges.setdefault(symbol, []).append(child)
            if not symbol.startswith(("<", "#")):
                self._learn(symbol, symbol)
        return child

    def _symbols(self, word: str) -> tuple[str, ...]:
        if word[0].isdigit():
            return ("#", *sorted(self._exact.get(word, ())))
        found = set(self._exact.get(word, ()))
        for length in self._lengths:
            if length > len(word):
                break
            found |= self._stems.get(word[:length], set())
        if self._corrects and not found and word not in self._known and len(word) >= _CORRECTED_FROM:
            found = self._misspelt(word)
        return tuple(sorted(found))

    def _misspelt(self, word: str) -> set[str]:
        found: set[str] = set()
        for candidate in _looked_up(self._near, word):
            found |= {symbol for symbol in self._exact[candidate] if not symbol.startswith("=")}
        if found:
            return found
        for length in self._lengths:
            for taken in (length - 1, length, length + 1):
                if _CORRECTED_FROM <= taken <= len(word):
                    beginning = word[:taken]
                    for candidate in _looked_up(self._near_stems, beginning):
                        if len(candidate) == length:
                            found |= self._stems[candidate]
        return found


def _keep(ways: _Ways, node: _Node, start: int, slack: int) -> None:
    """Of two ways to one node, the one that may still skip more words; of two such, the longer."""
    best = ways.get(node)
    if best is None or slack > best[1] or (slack == best[1] and start < best[0]):
        ways[node] = (start, slack)


def _elements(pattern: str, lists: Mapping[str, Sequence[str]]) -> list[_Element]:
    elements: list[_Element] = []
    for written in pattern.split():
        written = "..." if written == "?..." else written
        if written.startswith(".."):
            gap = _GAP if written == "..." else int(written[2:])
            elements[-1] = attrs.evolve(elements[-1], gap=gap)
            continue
        optional = written.startswith("?")
        parts = written.removeprefix("?").split("|")
        symbols = frozenset(_symbol(part, lists) for part in parts)
        elements.append(_Element(symbols, optional, 0))
    return elements


def _symbol(part: str, lists: Mapping[str, Sequence[str]]) -> str:
    if part.startswith("<"):
        if part[1:-1] not in lists:
            raise KeyError(part)
        return part
    if part != "#" and [token.text for token in tokenize(part)] != [part.strip("=*")]:
        raise ValueError(f"{part} is not written out")
    return part


def _deletions(word: str) -> set[str]:
    return {word} | {word[:place] + word[place + 1 :] for place in range(len(word))}


def _neighbours(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Words by what is left of them when a letter falls out: two words one edit apart share one such rest."""
    table: dict[str, list[str]] = {}
    for word in sorted(words):
        for rest in _deletions(word):
            table.setdefault(rest, []).append(word)
    return {rest: tuple(found) for rest, found in table.items()}


def _looked_up(table: Mapping[str, tuple[str, ...]], word: str) -> set[str]:
    return {
        candidate for rest in _deletions(word) for candidate in table.get(rest, ()) if one_edit_apart(word, candidate)
    }
