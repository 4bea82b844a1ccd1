"""One turn's work on a thread: what is known, who answers, and what came of it."""

from __future__ import annotations

import attrs

from smarthealth.apps.taxi.caller import Caller
from smarthealth.apps.taxi.filling import fill
from smarthealth.apps.taxi.patience import Patience, go_on
from smarthealth.apps.taxi.places.gazetteer import Gazetteer
from smarthealth.apps.taxi.services import TaxiServices
from smarthealth.apps.taxi.slots import Asked, Filled, Slots
from smarthealth.apps.taxi.state import ThreadState
from smarthealth.apps.taxi.understanding.reading import Heard, read
from smarthealth.apps.taxi.wire import AgentName
from smarthealth.storage.bookings import Booking
from smarthealth.storage.threads import Thread

ACTIVE_SHOWN = 3
"""Services under way that agents are told of."""


@attrs.define(eq=False, kw_only=True)
class Work:
    """What the agent and its tools work on; the tools change it."""

    services: TaxiServices
    caller: Caller
    thread: Thread
    text: str
    heard: Heard
    filled: Filled
    agent: AgentName
    """Who answers this message."""
    slots: Slots
    """The order as it is now."""
    active: tuple[Booking, ...] = ()
    """Services under way, newest first."""
    is_first: bool = False
    """Whether the thread is new."""
    patience: Patience = attrs.field(factory=Patience)
    """The question that is to be asked, and how often it was."""
    handoff: AgentName | None = None
    """Who gets the next message, where the agent handed over."""
    dispatched: Booking | None = None
    wants_person: bool = False
    """Whether the person is to be called, and did not tell a number."""
    changes_sent: bool = False
    """Whether a service that is under way is to be changed."""
    hesitates: bool = False
    """Whether a yes came after a no, so that nobody knows what to."""
    dropped: bool = False
    """Whether the order in the making was cancelled."""

    @property
    def state(self) -> ThreadState:
        """The thread's state after this turn."""
        if self.dispatched is not None or self.dropped:
            kept = Slots(name=self.slots.name, phone=self.slots.phone)
            return ThreadState(slots=kept, wants_person=self.wants_person)
        return ThreadState(
            agent=self.handoff or self.agent,
            slots=self.slots,
            wants_person=self.wants_person,
            patience=self.patience,
        )


def begin(
    services: TaxiServices, caller: Caller, thread: Thread, state: ThreadState, text: str, active: tuple[Booking, ...]
) -> Work:
    """Read a message, fill in the order, and decide who answers."""
    heard = read(text, services.gazetteer)
    heard = _understood(heard, state, active)
    hesitates = state.patience.doubted and heard.yes and not heard.is_firm
    if hesitates:
        heard = attrs.evolve(heard, yes=False)
    # what is on its way is not ordered a second time
    changes_sent = bool(active) and asked_by(state) is None and heard.changes
    cancels_sent = bool(active) and state.slots.is_empty and "cancel" in heard.intents
    filled = Filled(slots=state.slots)
    if not (changes_sent or cancels_sent):
        filled = fill(state.slots, heard, asked_by(state), services.gazetteer)
    is_idle = asked_by(state) is None and filled.slots.is_empty and "taxi" not in heard.intents
    asking = go_on(state.patience, filled, heard, is_idle=is_idle, is_called=state.wants_person)
    filled = asking.filled
    if asking.calls_person:
        heard = attrs.evolve(heard, intents=heard.intents | {"human"})
    return Work(
        services=services,
        caller=caller,
        thread=thread,
        text=text,
        heard=heard,
        filled=filled,
        agent=route(state, heard),
        slots=filled.slots,
        active=active,
        wants_person=state.wants_person,
        patience=asking.patience,
        hesitates=hesitates,
        changes_sent=changes_sent,
    )


def _understood(heard: Heard, state: ThreadState, active: tuple[Booking, ...]) -> Heard:
    """A message in its place: what it means where something is ordered, or nothing is."""
    intents = heard.intents
    if "status" in intents and not active and not state.slots.is_empty:
        intents = intents - {"status"} | {"ask_wait"}  # of a taxi that is not sent yet
    if "cancel" in intents and not active and state.slots.is_empty and heard.mentions:
        intents -= {"cancel"}  # there is nothing but the new wish
    if state.patience.was_aside and heard.asks and heard.mentions and "taxi" not in intents:
        intents |= {"ask_fare"}  # "¿y hasta Soledad?"
    return attrs.evolve(heard, intents=intents)


def asked_by(state: ThreadState) -> Asked | None:
    """What the person was asked last, None where nothing was."""
    if state.agent == "RECEPCIONISTA" and state.slots.is_empty:
        return None
    return state.slots.missing


def route(state: ThreadState, heard: Heard) -> AgentName:
    """Who answers a message: whoever has the next thing to ask, given what was known before it.

    A handoff takes effect with the next message; an agent whose part is filled in by then is passed over, so that who tells all in
    one message has the next one confirmed. Cancellations, questions after a taxi and people who want a person are the receptionist's.
    """
    wants_person = bool(heard.intents & {"human", "complaint"})
    if wants_person and state.agent == "CONFIRMADOR":
        return "CONFIRMADOR"
    if wants_person or heard.intents & {"cancel", "status"} or (state.wants_person and heard.phone):
        return "RECEPCIONISTA"
    if state.agent == "RECEPCIONISTA" and state.slots.is_empty:
        return "RECEPCIONISTA"
    return asker_of(state.slots.missing)


def asker_of(missing: Asked) -> AgentName:
    """Whose part a missing thing is."""
    if missing in ("destination", "zone"):
        return "NAVEGANTE"
    return "CONFIRMADOR" if missing == "confirmation" else "OPERADOR"


def first_fill(text: str, gazetteer: Gazetteer) -> Slots:
    """An order from one text alone, as tools are given it."""
    return fill(Slots(), read(text, gazetteer), "destination", gazetteer).slots
