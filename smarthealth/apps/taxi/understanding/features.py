"""What the car or the driver should have or heed."""

from __future__ import annotations

import re
from typing import Final

from smarthealth.apps.taxi.places.folding import fold
from smarthealth.apps.taxi.places.numbers import read_number
from smarthealth.apps.taxi.places.words import words_of

_FEATURES: Final[dict[str, str]] = {
    "aire acondicionado": r"aire(?: acondicionado)?|a ?/ ?c|climatizado|con el aire",
    "baúl grande": r"baul(?: grande| amplio| espacioso)?|maleter[oa]s?(?: grande)?|mucho equipaje|cajuela(?: grande)?|varias maletas|portaequipaje\w*|camioneta|(?:dos|tres|cuatro|cinco|seis|\d+) maletas|maletas|equipaje|trasteo",
    "mascota": r"mascotas?|perr[oai]\w*|gat(?:o|a|os|as|ico|ica|ito|ita)|cachorr\w+",
    "silla de ruedas": r"silla de ruedas|discapacidad|discapacitad[oa]|movilidad reducida|silla ruedas",
    "silla para bebé": r"silla (?:de|para)(?: el| la| un| una| mi| su)? (?:bebes?|ninos?|nina)|sillita|silla infantil|portabebe",
    "moto": r"motos?|moto(?:taxi|cicleta)s?",
    "seis puestos": r"(?:somos|vamos|para|de) (?:cinco|seis|5|6|siete|7)(?: personas| pasajeros| puestos)?|(?:cinco|seis|5|6|siete|7) (?:personas|pasajeros|puestos)|(?:carro|taxi|vehiculo) grande|una van|minivan|tipo van",
    "conductora": r"conductora|mujer conductora|manejado por (?:una )?mujer|que (?:maneje|conduzca) una mujer",
    "carro eléctrico": r"electrico|hibrido",
    "bilingüe": r"bilingue|(?:que )?hable ingles",
    "sin música": r"sin musica|en silencio|sin bulla|callado",
    "coche de bebé": r"coche (?:de|del|para) bebe|cochecito",
    "bicicleta": r"bicicleta|bici",
    "factura electrónica": r"factura(?: electronica)?",
    "llevar despacio": r"(?:que )?(?:maneje|vaya|conduzca) (?:despacio|suave|con cuidado)",
    "adulto mayor": r"adult[oa] mayor|senora? mayor|abuel(?:a|o|ita|ito)|persona mayor|tercera edad|ancian[oa]",
    "embarazada": r"embarazad[ao]|estoy esperando bebe",
}
FEATURES: Final = tuple(_FEATURES)
"""Everything that may be wished for."""
_PATTERNS: Final = {name: re.compile(rf"\b(?:{words})(?!\w)") for name, words in _FEATURES.items()}
_DENIED: Final = re.compile(
    r"\b(?:no|sin|ni|tampoco|quita\w*|ya no|olvid\w+)\s+(?:(?:es|con|necesito|quiero|hace|falta|importa|tengo|llevo|importa que|el|la|lo|del|de|un|una|me|nos|que tenga|que sea|sea|que vaya|fuera|venga|traiga|hay|ya|voy|vamos)\s+)*$"
)
SEATS: Final = 4
"""Passengers of a common taxi."""
_KINDS_OF_PEOPLE: Final = frozenset(
    {"adultos", "adulto", "ninos", "ninas", "nino", "nina", "personas", "pasajeros", "bebes"}
)
_A_CAR: Final = re.compile(r"(?<!sea )\b(?:un|en|mejor) (?:carro|taxi normal|taxi corriente|automovil)\b")
"""A car is no motorcycle."""
_NONE: Final = re.compile(
    r"\b(?:ningun[ao]?s?(?: preferencias?)?|nada(?: mas| especial| en especial| de eso)?|sin (?:ninguna )?preferencias?|cualquier (?:carro|taxi|cosa|vehiculo)|un[oa]? (?:(?:carro|taxi) )?(?:normal|cualquiera|corriente)|cualquiera|me da igual|da lo mismo"
    r"|normal|no tengo preferencias?|no necesito nada|asi esta bien|eso es todo|es todo|sencillo|no mas eso|eso no mas|solo eso|lo que sea|el que sea|basico|corriente)\b"
)


def find_features(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is wished for, and what is not (any more), in the order of the table."""
    folded = fold(text)
    wished, denied = [], []
    for name, pattern in _PATTERNS.items():
        for match in pattern.finditer(folded):
            if _DENIED.search(folded[: match.start()]) and not name.startswith("sin "):
                denied.append(name)
            else:
                wished.append(name)
            break
    if "seis puestos" not in wished and _people(folded) > SEATS:
        wished.append("seis puestos")
    if "moto" not in wished + denied and _A_CAR.search(folded):
        denied.append("moto")
    return tuple(wished), tuple(denied)


def _people(folded: str) -> int:
    """How many travel, where several kinds of people are counted: "3 adultos y 2 niños"."""
    texts = tuple(word.text for word in words_of(folded))
    counted = [read_number(texts, at - 1) for at, text in enumerate(texts) if at and text in _KINDS_OF_PEOPLE]
    return sum(number[0] for number in counted if number is not None)


def wants_nothing_special(text: str) -> bool:
    """Whether it is said that any car will do."""
    return bool(_NONE.search(fold(text)))
