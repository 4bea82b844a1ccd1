"""How often one thing is asked: what nobody tells is taken by default, and who cannot be understood is offered a person.

A question whose words come a third time in a row tells a caller that nobody listens. So each question is counted in the thread's
state, and where it was asked often enough the order goes on without its answer: with the sector of a destination, in cash, without
wishes. Only what has no default (no destination at all, no yes to a summary) ends with a person.
"""

from __future__ import annotations

from typing import Final

import attrs

from .places.place import Place
from .slots import MAIN_ZONE, Filled, Part, Slots
from .understanding.payment import PAYMENTS
from .understanding.reading import Heard

ASKED_AT_MOST: Final = 2
"""Times that one question is put in the same words."""
OFFERED_AT_MOST: Final = 2
"""Times that a person is offered, before one is called unasked."""
_ELSEWHERE: Final = frozenset({"human", "complaint", "cancel", "status", "thanks", "farewell"})
"""What is answered without the question of the order."""
_ANSWERED: Final = frozenset({"ask_fare", "ask_coverage", "ask_wait", "ask_features", "ask_summary"})
"""Questions of the caller's, behind whose answers ours is put once more."""
_DIGRESSIONS: Final = _ANSWERED | {"wait", "greeting"}


@attrs.frozen(kw_only=True)
class Patience:
    """The question that was asked last, and how often in a row."""

    question: str = ""
    times: int = 0
    was_aside: bool = False
    """Whether it followed the answer to a question of the caller's, who may have heard that answer alone."""
    doubted: bool = False
    """Whether the caller said no to the summary, or did not hear it out, so that a mere "sí" after it agrees to nothing yet."""

    declined: bool = False
    """Whether the caller has just said no to a person, or goodbye instead."""

    @property
    def is_stuck(self) -> bool:
        """Whether the question is not to be put in its words again."""
        return self.times > ASKED_AT_MOST

    @property
    def is_over(self) -> bool:
        """Whether a person was offered as often as helps."""
        return self.times > ASKED_AT_MOST + OFFERED_AT_MOST


@attrs.frozen(kw_only=True)
class Asking:
    """What comes of a message for the next question."""

    filled: Filled
    patience: Patience
    calls_person: bool = False
    """Whether somebody is to take over: the offer was accepted, or there is no other way left."""


def go_on(patience: Patience, filled: Filled, heard: Heard, *, is_idle: bool, is_called: bool) -> Asking:
    """Count the next question, or take what it asks for by default.

    Args:
        patience: The last question.
        filled: The order after the message.
        heard: The message.
        is_idle: Whether nothing was ordered yet, nor is now.
        is_called: Whether a person was promised already.
    """
    if (patience.is_stuck or patience.declined) and _leaves_it(filled, heard):
        return Asking(filled=filled, patience=Patience(question=patience.question, declined=True))
    if heard.intents & _ELSEWHERE:
        return Asking(filled=filled, patience=patience)
    digresses = heard.asks or heard.asks_payment or bool(heard.intents & _DIGRESSIONS)
    question = "idle" if is_idle else _question(filled.slots)
    limit = ASKED_AT_MOST if digresses or patience.was_aside else _limit(filled.slots)
    # who changes the trip meanwhile is not asked in vain
    moves = bool({"destination", "pickup"} & set(filled.changed)) and filled.slots.missing in ("payment", "features")
    answered = heard.asks_payment or bool(heard.intents & _ANSWERED)
    if question == patience.question and patience.times >= limit and not (moves or answered):
        filled = _by_default(filled, heard)
        question = "idle" if is_idle else _question(filled.slots)
    is_again = question == patience.question and not (filled.changed and filled.slots.missing == "confirmation")
    times = 1 if not is_again else patience.times if moves else patience.times + 1
    now = Patience(
        question=question,
        times=min(times, ASKED_AT_MOST) if answered else times,
        was_aside=digresses,
        doubted=question == patience.question == "confirmation" and heard.refuses and not filled.changed,
    )
    # at the confirmation a yes is a yes to the order
    accepts = patience.is_stuck and is_again and heard.yes and filled.slots.missing != "confirmation"
    if not is_called and (accepts or (now.is_over and not digresses)):
        return Asking(filled=filled, patience=Patience(), calls_person=True)
    return Asking(filled=filled, patience=now)


def _leaves_it(filled: Filled, heard: Heard) -> bool:
    """Whether a message says no, thanks or goodbye, and nothing else."""
    says_no = heard.only_no or (heard.intents and heard.intents <= {"thanks", "farewell"})
    return bool(says_no) and not heard.tells and filled.slots.missing != "confirmation"


def _question(slots: Slots) -> str:
    """What tells one question from another."""
    missing = slots.missing
    return f"{missing} {slots.destination.text}" if missing in ("destination", "zone") else missing


def _limit(slots: Slots) -> int:
    """Times that a question is put before its answer is taken by default."""
    place = slots.destination
    if slots.missing == "destination" and place.zone is not None:
        return 1  # the sector is known, which is enough for a fare and a driver
    if slots.missing == "zone" and not place.may_be_in:
        return 1
    return ASKED_AT_MOST


def _by_default(filled: Filled, heard: Heard) -> Filled:
    """The order with what was asked for in vain, where there is something sensible to suppose."""
    slots, place = filled.slots, filled.slots.destination
    missing = slots.missing
    if missing == "destination" and not place.is_empty:
        return _with(filled, "destination", attrs.evolve(slots, destination=attrs.evolve(place, is_enough=True)))
    if missing == "zone":
        return attrs.evolve(filled, slots=attrs.evolve(slots, destination=_somewhere(place)), assumed_zone=True)
    if missing == "payment":
        payment = next(one for one in PAYMENTS if one not in heard.denied_payments)
        return _with(filled, "payment", attrs.evolve(slots, payment=payment))
    if missing == "features":
        return _with(filled, "features", attrs.evolve(slots, features_settled=True))
    return filled


def _somewhere(place: Place) -> Place:
    return place.told_zone(place.may_be_in[0] if place.may_be_in else MAIN_ZONE)


def _with(filled: Filled, part: Part, slots: Slots) -> Filled:
    changed = tuple(dict.fromkeys([*filled.changed, part]))
    return attrs.evolve(filled, slots=slots, changed=changed, assumed=(part,))
