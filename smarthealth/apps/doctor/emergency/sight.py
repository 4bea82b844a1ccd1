"""What is seen in one message before it is judged: its words, the signs in them, and how the context takes each back.

The rules and the classifier look at the same sight. A long message is seen in pieces that overlap, so that none of it stays unread
and the time for it grows with its length alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final

import attrs

from .amounts import OVERDOSE, is_ordinary
from .context import Context
from .measures import measures
from .patterns import Match
from .rules import Rules
from .text import MOST_CHARACTERS, Token, tokenize

PIECE: Final = 2000
"""Characters that are seen at once."""
OVERLAP: Final = 300
"""Characters that two pieces share: a sentence at the border is whole in one of them."""


@attrs.frozen(kw_only=True, slots=False, eq=False)
class Sight:
    """One piece of a message; what is costly is worked out when first asked for."""

    tokens: tuple[Token, ...]
    signs: tuple[Match, ...]
    context: Context
    asks: bool
    """Whether it holds a question mark."""

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its words, folded and written out."""
        return tuple(token.text for token in self.tokens)

    @cached_property
    def marks(self) -> tuple[str, ...]:
        """For each word how the context takes it back."""
        return tuple(self.context.mark(Match("", place, place + 1)) for place in range(len(self.tokens)))

    @cached_property
    def told(self) -> tuple[Match, ...]:
        """The signs, labelled with how the context takes each back: `NEG_fever`."""
        return tuple(attrs.evolve(sign, label=self.context.mark(sign) + sign.label) for sign in self.signs)


def look(rules: Rules, message: str, *, of_infant: bool = False, of_child: bool = False) -> Sight:
    """See one piece.

    Args:
        rules: What finds signs.
        message: As written.
        of_infant: Whether it is known to be about a baby under three months.
        of_child: Whether it is known to be about a child; no amount of a medicine is ordinary then.
    """
    tokens = tokenize(message)
    found = [
        sign
        for sign in rules.matcher.find(tokens)
        if sign.label != OVERDOSE or of_child or not is_ordinary(tokens, sign)
    ]
    signs = (*found, *measures(tokens, of_infant=of_infant))
    return Sight(tokens=tokens, signs=signs, context=Context(message, tokens, signs), asks="?" in message)


def pieces(message: str) -> Iterator[str]:
    """The pieces of a message, cut between words where it has any.

    Of a message longer than `text.MOST_CHARACTERS`, which no protocol lets in, the end is read and as much from the beginning.
    """
    if len(message) > MOST_CHARACTERS:
        message = message[: MOST_CHARACTERS - PIECE] + " . " + message[-PIECE + 3 :]
    start = 0
    while len(message) - start > PIECE:
        end = message.rfind(" ", start + PIECE - OVERLAP // 2, start + PIECE)
        end = start + PIECE if end < 0 else end
        yield message[start:end]
        start = message.find(" ", end - OVERLAP, end) + 1 or end - OVERLAP
    yield message[start:]
