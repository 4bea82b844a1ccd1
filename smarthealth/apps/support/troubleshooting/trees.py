"""Question trees: read from their files, checked whole, and found by the words of a complaint."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

import attrs

from smarthealth.apps.support.folding import plain_text
from smarthealth.conversation.application import Language

from .lamps import only_informs

FOLDER: Final = "data/trees"
_YES: Final = re.compile(
    r"^\W*(?:yes|yeah|yep|yup|correct|right|it is|it does|they do|it did|i did|i think so|exactly|sure|true|affirmative|si|claro|correcto|exacto|asi es|eso|"
    r"efectivamente|creo que si|afirmativo|ya lo|ya la|tal cual)\b"
)
_NO: Final = re.compile(
    r"^\W*(?:no|nope|not|nah|neither|never|it is not|it isn't|it doesn't|negative|they don't|false|tampoco|nunca|para nada|negativo|ninguna?|aun no|todavia no|not yet)\b"
)
_UNSURE: Final = re.compile(
    r"\b(?:don't know|do not know|not sure|no idea|no se|ni idea|no estoy segur\w+|how do i|como lo)\b"
)


class TreeError(Exception):
    """A tree is not as it must be; a defect of ours."""


@attrs.frozen(kw_only=True)
class Node:
    """A question with two ways on, or the end of them."""

    ask: Mapping[Language, str]
    """Empty at an end."""
    advice: Mapping[Language, str]
    """Empty at a question."""
    yes: str = ""
    no: str = ""
    service: str = ""
    """Code of the workshop's service that mends it."""

    @property
    def is_end(self) -> bool:
        """Whether there is no further question."""
        return not self.ask


@attrs.frozen(kw_only=True)
class Tree:
    """One fault."""

    id: str
    title: Mapping[Language, str]
    warning: Mapping[Language, str]
    """Said before anything else; empty where nobody can be hurt."""
    clues: tuple[tuple[str, ...], ...]
    """Any of them: beginnings of words, all of which a complaint must hold."""
    manual: str
    """What to look up in the manual."""
    start: str
    nodes: Mapping[str, Node]


@cache
def load_trees() -> Mapping[str, Tree]:
    """The shipped trees, by id; dangerous ones first.

    Raises:
        TreeError: One of them is broken.
    """
    trees: dict[str, Tree] = {}
    for name in ("safety", "everyday"):
        text = files("smarthealth.apps.support").joinpath(f"{FOLDER}/{name}.toml").read_text(encoding="utf-8")
        trees.update(read_trees(text))
    return trees


def read_trees(text: str) -> dict[str, Tree]:
    """Read a file of trees.

    Raises:
        TreeError: A tree lacks something, or leads nowhere.
    """
    try:
        return {name: _checked(_tree(name, held)) for name, held in tomllib.loads(text).items()}
    except (KeyError, tomllib.TOMLDecodeError) as error:
        raise TreeError(f"a tree cannot be read: {error}") from error


def find_tree(complaint: str) -> Tree | None:
    """The tree whose clues a complaint holds most of; None when it holds none's, or tells of a lamp that only informs."""
    if only_informs(complaint):
        return None
    words = plain_text(complaint)
    index = _index()
    # most parts are nowhere in the words at all, which is known at once
    held = {part for part, begins in index.parts.items() if part in words and begins.search(words) is not None}
    if not held:
        return None
    best, found = 0, None
    for clue, score, tree in index.clues:
        if score > best and clue <= held:
            best, found = score, tree
    return found


def read_answer(message: str) -> bool | None:
    """Yes or no; None where neither was said."""
    plain = plain_text(message)
    if is_unsure(message):
        return None
    if _NO.match(plain):
        return False
    return True if _YES.match(plain) else None


def is_unsure(message: str) -> bool:
    """Whether somebody says that they do not know."""
    return _UNSURE.search(plain_text(message)) is not None


@attrs.frozen(kw_only=True)
class _Index:
    """The clues of all trees, as they are looked for."""

    parts: Mapping[str, re.Pattern[str]]
    """Each beginning of a word once, and what finds it."""
    clues: Sequence[tuple[frozenset[str], int, Tree]]
    """Parts of a clue, how much it says, and its tree; in the order of the trees."""


@cache
def _index() -> _Index:
    clues = [
        (frozenset(clue), sum(map(len, clue)) + 8 * len(clue), tree)
        for tree in load_trees().values()
        for clue in tree.clues
    ]
    parts = {part for clue, _, _ in clues for part in clue}
    return _Index(parts={part: re.compile(rf"(?<!\w){re.escape(part)}") for part in sorted(parts)}, clues=clues)


def _tree(name: str, held: Mapping[str, Any]) -> Tree:
    return Tree(
        id=name,
        title=_both(held, "title"),
        warning=_both(held, "warning") if held.get("danger") else {},
        clues=tuple(tuple(clue.split("+")) for clue in held["clues"]),
        manual=held["manual"],
        start=held["start"],
        nodes={key: _node(node) for key, node in held["node"].items()},
    )


def _node(held: Mapping[str, Any]) -> Node:
    is_question = "ask_en" in held
    return Node(
        ask=_both(held, "ask") if is_question else {},
        advice={} if is_question else _both(held, "advice"),
        yes=held["yes"] if is_question else "",
        no=held["no"] if is_question else "",
        service=held.get("service", ""),
    )


def _both(held: Mapping[str, Any], name: str) -> dict[Language, str]:
    return {"en": held[f"{name}_en"], "es": held[f"{name}_es"]}


def _checked(tree: Tree) -> Tree:
    """A tree every node of which is reached once, so that every walk ends."""
    reached: list[str] = []
    ahead = [tree.start]
    while ahead:
        name = ahead.pop()
        if name not in tree.nodes or name in reached:
            raise TreeError(f"tree {tree.id} leads to {name}, which is not there or is reached twice")
        reached.append(name)
        node = tree.nodes[name]
        if not node.is_end:
            ahead.extend((node.no, node.yes))
    if len(reached) != len(tree.nodes):
        raise TreeError(f"tree {tree.id} has nodes that nothing leads to")
    return tree
