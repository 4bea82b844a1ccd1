"""One utterance, read: everything in it that a dispatcher can use, whatever was asked."""

from __future__ import annotations

import re
from typing import Final

import attrs

from smarthealth.apps.taxi.places.folding import fold
from smarthealth.apps.taxi.places.gazetteer import Gazetteer

from .contractions import expand
from .features import find_features, wants_nothing_special
from .intents import Intent, find_intents, is_unsure, says_no, says_only_no, says_yes, wrong_part
from .mentions import Mention, find_mentions
from .payment import Payment, asks_about_payment, denied_payments, find_payment
from .people import find_name, find_phone, find_when

_ASKING: Final = re.compile(
    r"\?|^\W*(?:y |pero |oye |disculpe |una pregunta )*(?:cuanto|como|a?donde|cual|quien|por que|cuando|aceptan|reciben|tienen|hay|van|llegan"
    r"|puedo|se puede|(?:a |en |de )?que (?:precio|valor|hora|tarifa|formas?|medios?|zonas?|partes?|tan|tipos?|opciones|es|tal si))\b"
)
_PAYS: Final = re.compile(r"\bcancel\w*(?:\s+\w+){0,3}\s+(?:en|con|por)\b")
"""In Colombia one "cancels in cash": that is paying."""
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
    no: bool = False
    only_no: bool = False
    wrong: str | None = None
    """Part of the order that is said to be wrong: `destination`, `pickup`, `payment`, `features`, `unknown`."""
    unsure: bool = False
    asks: bool = False
    """Whether it is a question."""

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
    text = expand(text)
    folded = fold(text)
    name, phone, when = find_name(text), find_phone(text), find_when(text)
    asks_payment = asks_about_payment(text)
    wished, denied = find_features(text)
    intents = find_intents(text)
    if _PAYS.search(folded) and (asks_payment or find_payment(text)):
        intents -= {"cancel"}
    return Heard(
        text=text,
        mentions=find_mentions(_without(text, name, when), gazetteer),
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
        no=says_no(text),
        only_no=says_only_no(text),
        wrong=wrong_part(text),
        unsure=is_unsure(text),
        asks=bool(_ASKING.search(folded)),
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
