"""What an agent is told about the turn: the order, what the message did to it, and what is left to ask; as JSON in its prompt.

A provider's model reads it as a note; the offline model works from it alone.
"""

from __future__ import annotations

import re
from typing import Final

import attrs
import msgspec

from smarthealth.apps.taxi.orders import fare_of, fare_to
from smarthealth.apps.taxi.places.address import Address
from smarthealth.apps.taxi.places.place import Place
from smarthealth.apps.taxi.slots import Asked, Part, Slots
from smarthealth.apps.taxi.wire import AgentName

from .work import ACTIVE_SHOWN, Work

_OPENING: Final = "<nota>"
_CLOSING: Final = "</nota>"
_NOTE: Final = re.compile(re.escape(_OPENING) + r"(.*)" + re.escape(_CLOSING), re.DOTALL)


@attrs.frozen(kw_only=True)
class OrderNote:
    """The order in words."""

    destination: str = ""
    zone: str | None = None
    zone_choices: tuple[str, ...] = ()
    """Municipalities that have a neighbourhood of that name."""
    neighbourhood: str | None = None
    lacks: str | None = None
    """What the address lacks: `main`, `kind`, `cross`, `plate`, `address`, None where it is exact."""
    pickup: str = ""
    pickup_is_exact: bool = False
    pickup_zone: str | None = None
    payment: str | None = None
    features: tuple[str, ...] = ()
    features_settled: bool = False
    observation: str | None = None
    name: str | None = None
    phone: str | None = None
    when: str | None = None
    fare: str | None = None
    fare_is_estimate: bool = False


@attrs.frozen(kw_only=True)
class ServiceNote:
    """A service under way."""

    reference: str
    destination: str
    fare: int


@attrs.frozen(kw_only=True)
class Brief:
    """The note of one turn."""

    agent: AgentName
    missing: Asked
    order: OrderNote
    is_empty: bool
    """Whether there is no order in the making."""
    is_first: bool = False
    changed: tuple[Part, ...] = ()
    corrected: bool = False
    """Whether something that was known is different now."""
    cleared: str | None = None
    refused: str | None = None
    supposed: str | None = None
    supposed_fare: str | None = None
    assumed_zone: bool = False
    assumed: tuple[Part, ...] = ()
    """What was asked for in vain, and taken by default."""
    is_stuck: bool = False
    """Whether the next question was asked so often that a person is to be offered."""
    declined: bool = False
    """Whether the message said no, thanks or goodbye to that offer."""
    active: tuple[ServiceNote, ...] = ()
    intents: tuple[str, ...] = ()
    asks_payment: bool = False
    payment_asked: str | None = None
    features_asked: tuple[str, ...] = ()
    tells: bool = False
    """Whether the message held anything for an order."""
    wants_person: bool = False
    """Whether somebody was promised a call, and a number is missing."""
    wrong: str | None = None
    yes: bool = False
    no: bool = False
    only_no: bool = False
    hesitates: bool = False
    """Whether a yes came after a no to the summary."""
    is_silent: bool = False
    """Whether the message had no words."""
    unknown: str | None = None
    """Where the person wants to go, by a name that is in no table."""
    several: bool = False
    """Whether more than one taxi was asked for."""
    refuses: bool = False
    """Whether the message was a no, with nothing that would be right instead."""
    changes_sent: bool = False
    """Whether a service that is under way is to be changed."""
    had_destination: bool = False
    """Whether the destination was known before the message."""


def make_brief(work: Work, before: Slots) -> Brief:
    """The note for an agent.

    Args:
        work: The turn.
        before: The order before the message.
    """
    services, heard, filled = work.services, work.heard, work.filled
    supposed = filled.supposed
    fare = fare_to(supposed, work.slots.pickup, services.fares, services.gazetteer) if supposed is not None else None
    return Brief(
        agent=work.agent,
        missing=work.slots.missing,
        order=note_of(work),
        is_empty=work.slots.is_empty,
        is_first=work.is_first,
        changed=filled.changed,
        corrected=any(_was_other(before, work.slots, part) for part in filled.changed),
        cleared=filled.cleared,
        refused=filled.refused,
        supposed=supposed.text if supposed is not None else None,
        supposed_fare=fare.text if fare is not None else None,
        assumed_zone=filled.assumed_zone,
        assumed=filled.assumed,
        is_stuck=work.patience.is_stuck,
        declined=work.patience.declined,
        active=tuple(
            ServiceNote(reference=one.reference or "", destination=one.destination, fare=one.fare)
            for one in work.active[:ACTIVE_SHOWN]
        ),
        intents=tuple(sorted(heard.intents)),
        asks_payment=heard.asks_payment,
        payment_asked=heard.payment_asked,
        features_asked=heard.features_asked,
        tells=heard.tells,
        wants_person=work.wants_person,
        wrong=heard.wrong,
        yes=heard.yes,
        no=heard.no,
        only_no=heard.only_no,
        refuses=heard.refuses,
        changes_sent=work.changes_sent,
        hesitates=work.hesitates,
        is_silent=heard.is_silent,
        unknown=heard.unknown if work.slots.destination.is_empty else None,
        several=heard.several,
        had_destination=before.destination.is_complete,
    )


def _was_other(before: Slots, after: Slots, part: Part) -> bool:
    """Whether a part was known already, and is another one now."""
    if part == "destination" or part == "pickup":
        known: Place = getattr(before, part)
        now: Place = getattr(after, part)
        return known.is_complete and not set(known.text.split(", ")) <= set(now.text.split(", "))
    earlier, later = getattr(before, part), getattr(after, part)
    # "para mañana" and then "a las 6" is one time
    return part != "features" and earlier is not None and not (part == "when" and later.startswith(earlier))


def note_of(work: Work) -> OrderNote:
    """The order in words."""
    slots, services = work.slots, work.services
    fare = fare_of(slots, services.fares, services.gazetteer)
    return OrderNote(
        destination=slots.destination.text,
        zone=slots.destination.zone,
        zone_choices=slots.destination.may_be_in,
        lacks=_lacking(slots.destination),
        neighbourhood=slots.destination.neighbourhood,
        pickup=slots.pickup.text,
        pickup_is_exact=slots.pickup.is_exact,
        pickup_zone=slots.pickup.zone,
        payment=slots.payment,
        features=slots.features,
        features_settled=slots.features_settled,
        observation=slots.observation,
        name=slots.name,
        phone=slots.phone,
        when=slots.when,
        fare=fare.text if fare is not None else None,
        fare_is_estimate=fare is not None and fare.is_estimate,
    )


def write_brief(brief: Brief) -> str:
    """The note, as it stands in a prompt."""
    return f"{_OPENING}{msgspec.json.encode(brief).decode()}{_CLOSING}"


def read_brief(prompt: str) -> Brief:
    """The note in a prompt that was written here.

    Raises:
        ValueError: There is none.
    """
    match = _NOTE.search(prompt)
    if match is None:
        raise ValueError("a prompt without a note")
    return msgspec.json.decode(match.group(1), type=Brief)


def _lacking(place: Place) -> str | None:
    if place.is_exact:
        return None
    address: Address | None = place.address
    if address is not None and address.main is None and address.cross is not None:
        return "main"
    if address is None or address.main is None:
        return "address"
    if address.main.kind is None:
        return "kind"
    return "cross" if address.cross is None else "plate"
