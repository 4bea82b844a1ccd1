"""One utterance, read: everything in it that a dispatcher can use, whatever was asked."""

from __future__ import annotations

import re
from typing import Final

import attrs

from smarthealth.apps.taxi.places.folding import fold
from smarthealth.apps.taxi.places.gazetteer import Gazetteer

from .contractions import expand
from .english import in_spanish
from .features import find_features, wants_nothing_special
from .intents import (
    Intent,
    confirms,
    find_intents,
    gives_up_softly,
    is_unsure,
    says_no,
    says_only_no,
    says_yes,
    wrong_part,
)
from .mentions import Mention, find_mentions
from .payment import Payment, asks_about_payment, denied_payments, find_payment
from .people import find_name, find_phone, find_when
from .requests import asks_for_several, find_request
from .sounds import spelt, without_sounds
from .unknown import unknown_place

_ASKING: Final = re.compile(
    r"\?|^\W*(?:y |pero |oye |disculpe |una pregunta )*(?:cuanto|como|a?donde|cual|quien|por que|cuando|aceptan|reciben|tienen|hay|van|llegan"
    r"|puedo|se puede|(?:a |en |de )?que (?:precio|valor|hora|tarifa|formas?|medios?|zonas?|partes?|tan|tipos?|opciones|es|tal si))\b"
)
_PAYS: Final = re.compile(r"\bcancel\w*(?:\s+\w+){0,3}\s+(?:en|con|por)\b")
"""In Colombia one "cancels in cash": that is paying."""
_NO_MORE: Final = re.compile(r"^\W*(?:no|nada)\W+(?:mas|senora?\W*$|gracias\W*$)")
"""After everything was told it refuses nothing: "no más"."""
_ANOTHER: Final = re.compile(r"\b(?:otr[oa]|un|nuevo) (?:taxi|carro|carrera|servicio|movil)\b")
_PEOPLE: Final = re.compile(
    r"\d+\s*(?:-|o|a|y)?\s*\d*\s*(?:personas|pasajeros|maletas|ninos|minutos|pesos|adultos|puestos|anos|horas|mil)\b"
)


@attrs.frozen(kw_only=True)
class Heard:
    """What an utterance holds."""

    text: str = attrs.field(repr=False)
    mentions: tuple[Mention, ...] = ()
    payment: Payment | None = None
    denied_payments: frozenset[Payment] = frozenset()
    asks_payment: bool = False
    payment_asked: Payment | None = None
    """The one that is asked about: "¿reciben Nequi?"."""
    wished: tuple[str, ...] = ()
    """Features."""
    denied: tuple[str, ...] = ()
    """Features that are not wished for any more."""
    features_asked: tuple[str, ...] = ()
    """Those that are asked about."""
    nothing_special: bool = False
    name: str | None = None
    phone: str | None = None
    when: str | None = None
    intents: frozenset[Intent] = frozenset()
    yes: bool = False
    is_firm: bool = False
    """Whether a yes says what to: "confirmo", "mándelo"."""
    no: bool = False
    only_no: bool = False
    wrong: str | None = None
    """Part of the order that is said to be wrong: `destination`, `pickup`, `payment`, `features`, `unknown`."""
    unsure: bool = False
    asks: bool = False
    """Whether it is a question."""
    changes: bool = False
    """Whether something that was told is to be another, and not another taxi."""
    request: str | None = None
    """What the driver is to be told: "que pite al llegar"."""
    unknown: str | None = None
    """Where the person wants to go, by a name that is in no table."""
    several: bool = False
    """Whether more than one taxi is asked for."""
    is_silent: bool = False
    """Whether there was not a word in it."""

    @property
    def refuses(self) -> bool:
        """Whether it is a no, with nothing that would be right instead."""
        return self.no and not self.tells and not _NO_MORE.search(fold(self.text))

    @property
    def tells(self) -> bool:
        """Whether it holds anything for an order."""
        return bool(
            self.mentions
            or self.payment
            or self.wished
            or self.denied
            or self.name
            or self.phone
            or self.when
            or self.nothing_special
        )


def read(text: str, gazetteer: Gazetteer) -> Heard:
    """Read an utterance; never fails, whatever the text is."""
    text = spelt(without_sounds(expand(in_spanish(text))))
    folded = fold(text)
    name, phone, when = find_name(text), find_phone(text), find_when(text)
    asks_payment = asks_about_payment(text)
    wished, denied = find_features(text)
    mentions = find_mentions(_without(text, name, when), gazetteer)
    intents = find_intents(text)
    is_paying = _PAYS.search(folded) and (asks_payment or find_payment(text))
    # "no, olvídalo, al aeropuerto sí" is another wish
    if is_paying or (any(one.role is not None for one in mentions) and gives_up_softly(text)):
        intents -= {"cancel"}
    return Heard(
        text=text,
        mentions=mentions,
        payment=None if asks_payment else find_payment(text),
        payment_asked=find_payment(text) if asks_payment else None,
        denied_payments=denied_payments(text),
        asks_payment=asks_payment,
        wished=() if "ask_features" in intents else wished,
        features_asked=wished if "ask_features" in intents else (),
        denied=denied,
        nothing_special=wants_nothing_special(text),
        name=name,
        phone=phone,
        when=when,
        intents=intents,
        yes=says_yes(text),
        is_firm=confirms(text),
        no=says_no(text),
        only_no=says_only_no(text),
        wrong=wrong_part(text),
        unsure=is_unsure(text),
        asks=bool(_ASKING.search(folded)),
        changes=wrong_part(text) is not None and not _ANOTHER.search(folded),
        request=find_request(text),
        unknown=None if mentions else unknown_place(text),
        several=asks_for_several(text),
        is_silent=not any(letter.isalnum() for letter in text),
    )


def _without(text: str, name: str | None, when: str | None) -> str:
    """The text in which numbers of people and times, and the person's name, cannot be taken for places."""
    for part in (name, when):
        if part is not None:
            text = re.sub(re.escape(part), lambda match: "_" * len(match.group()), text, flags=re.IGNORECASE)
    folded = fold(text)
    for match in _PEOPLE.finditer(folded):
        text = text[: match.start()] + "_" * (match.end() - match.start()) + text[match.end() :]
    return text
