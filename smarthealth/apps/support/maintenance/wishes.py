"""What somebody wants of the workshop: read from words by rules, and joined with what was said before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Final, Literal

import attrs

from smarthealth.apps.support.folding import plain_text
from smarthealth.retrieval.words import content_words

from .moments import Moment, read_moment
from .workshop import PartOfDay, Plan

Intent = Literal["book", "move", "cancel", "list", "prices", "slots"]

_CANCEL: Final = re.compile(
    r"\b(?:cancel\w*|call off|scrap|drop my|anul\w+|borra\w*|quiteme|quitenme|saqueme|saquenme|quitar|libera\w*|free up|take me off)\b|\bnot? (?:voy a |puedo |will )?(?:ir|come|make it|poder)\b"
)
_MOVE: Final = re.compile(
    r"\b(?:mov(?:e|er|ed|emos|erla|ing)|mueve\w*|reschedul\w*|reprogram\w*|postpon\w*|aplaz\w*|push(?: it)? back|put off|bring forward|adelant\w+|"
    r"corre|correr|pasa(?:r|la)?|cambi\w+ (?:mi|la|de) (?:cita|hora|fecha|visita|reserva)|change (?:my|the) (?:appointment|booking|visit|date|time)|"
    r"shift|instead(?: of)?|en vez de|prefiero|rather|another day|otro dia)\b"
)
_LIST: Final = re.compile(
    r"\b(?:my appointments|appointments do i have|have i booked|my bookings|pending|upcoming|when is my|am i down|what (?:was|did|have)|service history|history|"
    r"past visits|last (?:service|visit|time)|mis citas|citas tengo|tengo (?:agendad|reservad|apuntad|algo)\w*|cuando es mi|historial|visitas|que le (?:hicieron|cambiaron)|"
    r"ultim[ao] (?:vez|servicio|visita)|trabajos|every job|confirmad\w+|confirmed|still on|quedo (?:agendad|list)\w*)\b"
)
_PRICES: Final = re.compile(
    r"\b(?:how much|price\w*|cost\w*|charge|rate|rates|fee\w*|quote|owe|what do you offer|services do you|cuanto (?:cuesta|vale|cobran|sale|seria|les? debo)|en cuanto|"
    r"precio\w*|tarifa\w*|valor|que servicios|cobran|how long (?:does|do|will|would)|how many (?:minutes|hours)|cuanto (?:tiempo|rato)|cuanto se (?:demora|tarda)\w*|cuantas horas)\b"
)
_ALL_PRICES: Final = re.compile(
    r"\b(?:price list|prices|rates|fees|services|what (?:work )?do you (?:do|offer|charge)|owe|hours|open|lista de precios|precios|tarifas|servicios|debo|horarios?|abren|atienden)\b"
)
_OF_ANY_WORK: Final = re.compile(
    r"visit\w*|appointments?|citas?|work\w*|jobs?|trabajos?|place|shop|garage|taller\w*|total|altogether|todo|car|carro|auto|vehicle|vehiculo|take|"
    r"need|want|pay|pagar|saber|know|tell|decir|please|favor|gracias|thanks|hello|hola|sale|would|will|much|money|plata|dollars|dolares"
)
"""Words that name no work of a workshop."""
_BOOK: Final = re.compile(
    r"\b(?:book\w*|reserv\w+|agend\w+|schedule|arrange|make an appointment|appointment for|put me (?:down|in)|sign me|cita|turno|apunta\w*|anota\w*|inscrib\w+|programar|"
    r"apartar?|let's do|hagamos|i(?:'d like| want| need)|quiero|quisiera|necesito|bring (?:it|the car|my car)|drop (?:it|the car)|llevo|dejo|fit me|squeeze|get me|metame|meteme)\b"
)
_SLOTS: Final = re.compile(
    r"\b(?:slots?|free|availab\w+|opening hours|openings?|(?:you|workshop) (?:are |be )?open|are you open|room for|time on|anything|when can|when could|cupo\w*|campit?o|disponib\w+|libre\w*|espacio|hueco\w*|cuando puedo|cuando podria|"
    r"a que hora|horario|hours|que dias|taken|ocupado|atienden|trabajan|abren)\b"
)
_ORDINALS: Final[Mapping[str, int]] = {
    "first": 0, "1st": 0, "primer": 0, "primero": 0, "primera": 0, "earliest": 0,
    "second": 1, "2nd": 1, "segundo": 1, "segunda": 1,
    "third": 2, "3rd": 2, "tercero": 2, "tercera": 2, "tercer": 2,
    "fourth": 3, "cuarto": 3, "cuarta": 3, "fifth": 4, "quinto": 4, "quinta": 4,
    "last": -1, "ultimo": -1, "ultima": -1,
}  # fmt: skip
_ORDINAL: Final = re.compile(
    rf"\b(?:the |el |la |option |opcion |number |numero )?({'|'.join(_ORDINALS)})(?: (?:one|option|slot|opcion|hora|cita))?\b"
)
_NUMBERED: Final = re.compile(r"^\W*(?:option |opcion |number |numero |la |el )?#?([1-9])\W*$")
_ALL_SERVICES: Final = re.compile(r"\b(?:what|which|your|que|cuales|sus) (?:services|servicios)\b")
_YES: Final = re.compile(
    r"^\W*(?:yes|yeah|yep|ok|okay|sure|please do|fine|that works|perfect|si|claro|dale|listo|vale|de acuerdo|perfecto|me sirve|esa|ese|bueno)\b"
)
_NO: Final = re.compile(r"^\W*(?:no|nope|never mind|forget it|olvidalo|dejalo|nada|ninguna)\b")
_PLATE: Final = re.compile(r"\b([A-Z]{3}[ -]?\d{2,3}[A-Z0-9]?|[A-Z]{2}[ -]?\d{3}[ -]?[A-Z]{2}|\d{4}[ -]?[A-Z]{3})\b")
_TICKET: Final = re.compile(r"(?:#|\bappointment |\bcita |\bnumber |\bnumero )(\d{1,9})\b")


@attrs.frozen(kw_only=True)
class Wish:
    """What is wanted, as far as it was said."""

    intent: Intent | None = None
    service: str | None = None
    day: date | None = None
    last_day: date | None = None
    at: time | None = None
    part: PartOfDay = "any"
    plate: str = ""
    appointment: int | None = None
    """Its number, where one was named or there is only one."""
    offered: tuple[datetime, ...] = ()
    """Times that were offered last, in the workshop's time."""
    declined: bool = False

    @property
    def begins(self) -> datetime | None:
        """When, where day and hour were said."""
        return None if self.day is None or self.at is None else datetime.combine(self.day, self.at)


NO_WISH: Final = Wish()


def read_wish(message: str, before: Wish, today: date, plan: Plan) -> Wish:
    """Read a message as a wish, or as the rest of one.

    Args:
        message: What was said.
        before: The wish that was open, an empty one for none.
        today: At the workshop.
        plan: For the names of services.
    """
    plain = plain_text(message)
    moment = read_moment(message, today)
    intent = _intent_of(plain, open_=before.intent is not None or bool(before.offered))
    service = _service_of(plain, plan)
    goes_on = (
        intent is None
        or intent == before.intent
        or (before.intent in ("book", "move") and intent in ("book", "slots", "move"))
    )
    start = before if goes_on else Wish()
    chosen = _chosen(plain, moment, start)
    wish = attrs.evolve(
        start,
        intent=_joined(start.intent, intent),
        service=service or start.service,
        plate=_plate(message) or start.plate,
        appointment=_named(plain) or start.appointment,
        declined=bool(_NO.match(plain)) and intent is None,
    )
    if chosen is not None:
        return attrs.evolve(wish, day=chosen.date(), at=chosen.time(), last_day=None)
    return _with_moment(wish, moment)


def adds_to(message: str, before: Wish, today: date, plan: Plan) -> bool:
    """Whether a message says anything of a wish: when, what, which one, yes or no."""
    plain = plain_text(message)
    if _YES.match(plain) or _NO.match(plain) or _NUMBERED.match(plain) or _plate(message) or _named(plain):
        return True
    moment = read_moment(message, today)
    said = moment.day is not None or moment.at is not None or moment.part != "any"
    return said or _chosen(plain, moment, before) is not None or _service_of(plain, plan) is not None


def asks_other_price(message: str, wish: Wish) -> bool:
    """Whether the price, or the duration, of something is asked that the workshop does not do."""
    plain = plain_text(message)
    if wish.intent != "prices" or wish.service is not None or _ALL_PRICES.search(plain):
        return False
    return any(not _OF_ANY_WORK.fullmatch(word.folded) for word in content_words(_PRICES.sub(" ", plain)))


def _joined(before: Intent | None, now: Intent | None) -> Intent | None:
    if before in ("book", "move") and now in ("slots", "book", None):
        return before
    return now or before


def _with_moment(wish: Wish, moment: Moment) -> Wish:
    if moment.day is not None:
        wish = attrs.evolve(wish, day=moment.day, last_day=moment.last_day)
    if moment.at is not None:
        wish = attrs.evolve(wish, at=moment.at)
    elif moment.day is not None:
        wish = attrs.evolve(wish, at=None)
    return attrs.evolve(wish, part=moment.part) if moment.part != "any" else wish


def _intent_of(plain: str, *, open_: bool) -> Intent | None:
    if _CANCEL.search(plain):
        return "cancel"
    if _MOVE.search(plain) and not (open_ and _YES.match(plain)):
        return "move"
    if _LIST.search(plain):
        return "list"
    if _PRICES.search(plain) and not re.search(r"\b(?:book|agend\w+|reserv\w+)\b", plain):
        return "prices"
    if _SLOTS.search(plain) and not re.search(r"\b(?:book me|reserva|agendame|apuntame|put me)\b", plain):
        return "slots"
    return "book" if _BOOK.search(plain) else None


def _service_of(plain: str, plan: Plan) -> str | None:
    """The service whose clue says most; a clue of several words must find each of them."""
    plain = _ALL_SERVICES.sub(" ", plain)
    best: tuple[int, int, str] | None = None
    for number, (code, clues) in enumerate(plan.clues.items()):
        for clue in clues:
            words = clue.split("+")
            if not all(word in plain for word in words):
                continue  # most clues; a search with word ends costs more
            if all(re.search(rf"\b{re.escape(word)}", plain) for word in words):
                found = (len(words), -number, code)
                best = max(best, found) if best is not None else found
    return None if best is None else best[2]


def _chosen(plain: str, moment: Moment, before: Wish) -> datetime | None:
    """The time that was chosen of those that were offered."""
    if not before.offered:
        return None
    numbered = _NUMBERED.match(plain)
    if numbered is not None:
        place = int(numbered[1]) - 1
        return before.offered[place] if place < len(before.offered) else None
    if moment.at is not None and moment.day is None:
        return next((one for one in before.offered if one.time() == moment.at), None)
    ordinal = _ORDINAL.search(plain)
    if ordinal is not None and moment.day is None:
        place = _ORDINALS[ordinal[1]]
        return before.offered[place] if place < len(before.offered) else None
    if _YES.match(plain) and len(before.offered) == 1 and moment.day is None:
        return before.offered[0]
    return None


def _plate(message: str) -> str:
    found = _PLATE.search(message.upper())
    return re.sub(r"[ -]", "", found[1]) if found is not None else ""


def _named(plain: str) -> int | None:
    found = _TICKET.search(plain)
    return int(found[1]) if found is not None else None
