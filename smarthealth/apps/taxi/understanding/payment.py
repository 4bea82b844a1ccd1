"""How a trip is paid."""

from __future__ import annotations

import re
from typing import Final, Literal

from smarthealth.apps.taxi.places.folding import fold

Payment = Literal["efectivo", "nequi", "daviplata", "datáfono", "tarjeta", "transferencia"]
PAYMENTS: Final[tuple[Payment, ...]] = ("efectivo", "nequi", "daviplata", "datáfono", "tarjeta", "transferencia")
WRITTEN: Final[dict[Payment, str]] = {"nequi": "Nequi", "daviplata": "Daviplata"}
"""Names that are written with a capital."""

_WORDS: Final[dict[Payment, str]] = {
    "efectivo": r"efectivo|en plata|contado|cash|billetes?|en monedas|plata en mano|con plata|plata(?=\W*$)",
    "nequi": r"ne(?:qu|k)i|neki|neqi",
    "daviplata": r"davi ?plata|daviplat\w*",
    "datáfono": r"data ?fono",
    "tarjeta": r"tarjetas?|credito|debito|visa|mastercard",
    "transferencia": r"transferenci\w+|transfier\w+|transferir|bancolombia|llave|bre b|bre-b|qr|codigo qr|pse",
}
_PATTERN: Final = re.compile(
    "|".join(rf"(?P<p{number}>\b(?:{words})\b)" for number, words in enumerate(_WORDS.values()))
)
_NAMES: Final = tuple(_WORDS)
_DENIED: Final = re.compile(
    r"\b(?:no|sin|ni|nunca|tampoco)\b(?:\s+(?:es|con|en|por|de|tengo|llevo|cargo|uso|hay|pago|puedo|voy a|pagar|el|la|mi|quiero|traigo|me|sirve))*\s*$"
)
_BACKGROUND: Final = re.compile(
    r"\b(?:aceptan|reciben|recibe|acepta|se puede|pued\w+ (?:pagar|cancelar)(?:les?)?|tienen|tiene|manejan|cobran|hay)\b[^.,;?]*$"
)
_OTHER: Final = re.compile(
    r"\b(?:acept|recib|recog|manej)\w+\b[^.?!]*\b(?:dolar(?:es)?|euros?|cheques?|bonos?|puntos|paypal|bitcoins?)\b"
)
"""Ways of paying that there are not."""


def find_payment(text: str) -> Payment | None:
    """The way of paying that was chosen last; one that is denied ("no tengo efectivo") is none.

    "Con tarjeta por datáfono" is the card's machine, which the driver must bring.
    """
    chosen: list[Payment] = []
    folded = fold(text)
    for match in _PATTERN.finditer(folded):
        if _DENIED.search(folded[: match.start()]):
            continue
        chosen.append(_NAMES[int((match.lastgroup or "p0")[1:])])
    if not chosen:
        return None
    if {"tarjeta", "datáfono"} == set(chosen[-2:]):
        return "datáfono"
    return chosen[-1]


def asks_about_payment(text: str) -> bool:
    """Whether it is asked which ways of paying there are: "¿reciben Nequi?", "¿cómo puedo pagar?"."""
    folded = fold(text)
    if _OTHER.search(folded):
        return True
    match = _PATTERN.search(folded)
    if match is not None and _BACKGROUND.search(folded[: match.start()]):
        return True
    return bool(
        re.search(
            r"\b(?:(?:como|con que)(?: mas| otra cosa)? (?:se |puedo |puede |pueden |podria )?(?:pag\w+|cancel\w+ el viaje)|(?:que|cuales) (?:formas?|medios?|metodos?|modos?) de pago|formas de pago|medios de pago|metodos de pago)\b",
            folded,
        )
    )


def written(payment: Payment) -> str:
    """As it stands in a sentence."""
    return WRITTEN.get(payment, payment)


def denied_payments(text: str) -> frozenset[Payment]:
    """The ways of paying that were said not to be it."""
    folded = fold(text)
    return frozenset(
        _NAMES[int((match.lastgroup or "p0")[1:])]
        for match in _PATTERN.finditer(folded)
        if _DENIED.search(folded[: match.start()])
    )
