"""Where a person wants to go by a name that is in no table, so that it is said that nobody knows it."""

from __future__ import annotations

import re
from typing import Final

from smarthealth.apps.taxi.places.folding import fold
from smarthealth.apps.taxi.places.numbers import is_number

MOST_WORDS: Final = 4
_GOING: Final = re.compile(
    r"\b(?:(?:voy|vamos|ir|irme|irnos|dirijo|llev\w+|viaj\w+|taxi|carrera|carro|servicio|viaje) (?:para|pa|a|hasta|hacia|al)|hasta)"
    r" (?:el |la |los |las )?"
)
_NAME_WORD: Final = re.compile(r"\s*([^\W\d_]+)")
_PARTICLES: Final = frozenset({"de", "del", "la", "el", "los", "las", "san", "santa", "santo"})
_NO_NAMES: Final = frozenset(
    [
        "a",
        "al",
        "alla",
        "alli",
        "ahi",
        "aqui",
        "aca",
        "adonde",
        "ahora",
        "antes",
        "apenas",
        "buscar",
        "casa",
        "clase",
        "como",
        "con",
        "cual",
        "cualquier",
        "donde",
        "dos",
        "e",
        "ellos",
        "ella",
        "el",
        "en",
        "es",
        "ese",
        "esa",
        "esta",
        "este",
        "esto",
        "favor",
        "gracias",
        "hoy",
        "ir",
        "ya",
        "la",
        "lo",
        "las",
        "los",
        "le",
        "llevar",
        "mas",
        "manana",
        "mi",
        "mis",
        "me",
        "mismo",
        "mucho",
        "muy",
        "nosotros",
        "no",
        "nos",
        "oficina",
        "otra",
        "otro",
        "para",
        "pasado",
        "pero",
        "persona",
        "personas",
        "por",
        "que",
        "quien",
        "recoger",
        "salir",
        "ser",
        "si",
        "sitio",
        "su",
        "sus",
        "tarde",
        "noche",
        "taxi",
        "carro",
        "trabajo",
        "trabajar",
        "tu",
        "un",
        "una",
        "uno",
        "unos",
        "urgente",
        "usted",
        "ver",
        "y",
        "yo",
        "direccion",
        "destino",
        "lugar",
        "parte",
        "pues",
        "dejar",
        "dejarme",
        "llevarme",
        "traer",
        "pedir",
        "pagar",
        "lado",
        "barrio",
        "municipio",
        "mama",
        "papa",
        "hijo",
        "hija",
        "esposa",
        "esposo",
        "abuela",
        "abuelo",
        "ninos",
        "nino",
        "senora",
        "senor",
        "amiga",
        "amigo",
        "dentro",
        "media",
        "hora",
        "horas",
        "rato",
        "rapido",
        "saber",
        "preguntar",
        "cancelar",
        "cobrar",
    ]
)


def unknown_place(text: str) -> str | None:
    """The name behind "voy para …", as it was said; None where what follows is no name. The caller knows that no table has it."""
    match = _GOING.search(fold(text))
    if match is None:
        return None
    names: list[str] = []
    at = match.end()
    while len(names) < MOST_WORDS and (word := _NAME_WORD.match(text, at)):
        said = fold(word.group(1))
        if is_number(said) or (said in _NO_NAMES and not (names and said in _PARTICLES)):
            break
        names.append(word.group(1))
        at = word.end()
    while names and fold(names[-1]) in _PARTICLES:
        names.pop()
    return " ".join(names) or None
