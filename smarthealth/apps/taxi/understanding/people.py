"""Who travels: name, telephone, how many, and when."""

from __future__ import annotations

import re
from typing import Final

from smarthealth.apps.taxi.places.folding import fold
from smarthealth.apps.taxi.places.numbers import read_number
from smarthealth.apps.taxi.places.words import words_of

_NAME: Final = re.compile(
    r"\b(?:me llamo|mi nombre es|a nombre de|soy(?: la| el)?(?: senora?| don| dona| doctora?)?|habla|le habla|te habla|nombre:?"
    # whom the taxi is for
    r"|(?:es|taxi|servicio|carrera) para (?:mi (?:mama|papa|abuel[oa]|hij[oa]|herman[oa]|espos[oa]|suegr[oa]|ti[oa]|jef[ea]|amig[oa])\W+)?(?:la senora|el senor|don|dona|la doctora|el doctor|la nina|el nino))\s+"
)
_NAME_STOPS: Final = frozenset(
    [
        "e",
        "y",
        "estoy",
        "necesito",
        "quiero",
        "voy",
        "desde",
        "en",
        "de",
        "a",
        "para",
        "por",
        "con",
        "mi",
        "el",
        "la",
        "un",
        "una",
        "que",
        "pero",
        "tengo",
        "vivo",
        "quisiera",
        "puede",
        "podria",
        "pago",
        "aqui",
        "alla",
        "yo",
        "cliente",
        "usuario",
        "nuevo",
        "extranjero",
        "turista",
        "pasajero",
        "discapacitado",
        "alergico",
        "de",
        "sordo",
        "ciego",
        "solo",
        "sola",
        "muy",
        "no",
        "si",
    ]
)
_NAME_WORD: Final = re.compile(r"\s*([^\W\d_]+(?:['’][^\W\d_]+)?)")
_PARTICLES: Final = frozenset({"de", "del", "la", "las", "los"})
MOST_NAMES: Final = 6
MOBILE: Final = re.compile(r"3\d{9}")
LANDLINE: Final = re.compile(r"60[1-8]\d{7}")
_DIGITS: Final = re.compile(r"\+?\d(?:[\d\s().-]{5,18})\d")
_COUNTRY: Final = re.compile(r"^(?:\+?57)(?=(?:3\d|60)\d{8}$)")
_WHEN: Final = re.compile(
    r"\b(?:(?:para )?(?:manana|hoy|pasado manana|esta (?:tarde|noche|madrugada)|el (?:\d{1,2}|primero) de (?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre)|el (?:lunes|martes|miercoles|jueves|viernes|sabado|domingo)(?: \d{1,2})?(?: de [a-z]+)?)"
    r"(?:\s+(?:en|por) la (?:manana|tarde|noche|madrugada))?"
    r"(?:\s+(?:a|tipo|sobre|como a) las? (?:\d{1,2}(?::\d{2})?|[a-z]+(?: y (?:media|cuarto|[a-z]+))?)"
    r"(?:\s*(?:a\.? ?m\.?|p\.? ?m\.?|de la (?:manana|tarde|noche|madrugada)))?)?"
    r"|(?:a|para|tipo|sobre|como a) (?:la (?:una|1)|las (?:[2-9]|1\d|2[0-4]|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce))"
    r"(?::\d{2}| y (?:media|cuarto|[a-z]+))?\s*(?:a\.? ?m\.?|p\.? ?m\.?|de la (?:manana|tarde|noche|madrugada)|del? (?:mediodia))?(?![\w#-])"
    r"|(?:en|dentro de) (?:media hora|una hora|un rato|(?:\d{1,3}|[a-z]+) (?:minutos?|horas?)))"
)
_SPOKEN_DIGITS: Final = 7


def find_phone(text: str) -> str | None:
    """A Colombian telephone number, in digits or said digit by digit or in groups: a mobile or one with its area code."""
    for match in _DIGITS.finditer(fold(text)):
        found = _phone(re.sub(r"\D", "", match.group()))
        if found is not None:
            return found
    texts = tuple(word.text for word in words_of(text))
    at = 0
    while at < len(texts):
        digits, start = "", at
        while (number := read_number(texts, at)) is not None:
            digits += str(number[0])
            at = number[1]
        found = _phone(digits) if at - start >= _SPOKEN_DIGITS or len(digits) >= len("3001234567") else None
        if found is not None:
            return found
        at += 1
    return None


def _phone(digits: str) -> str | None:
    digits = _COUNTRY.sub("", digits)
    return digits if MOBILE.fullmatch(digits) or LANDLINE.fullmatch(digits) else None


def find_name(text: str) -> str | None:
    """The name that a person gives, as it is written; None when none is given."""
    match = _NAME.search(fold(text))
    if match is None:
        return None
    names: list[str] = []
    at = match.end()
    while len(names) < MOST_NAMES and (word := _NAME_WORD.match(text, at)):
        said = fold(word.group(1))
        if said in _PARTICLES and names and _NAME_WORD.match(text, word.end()):
            names.append(said)
        elif said in _NAME_STOPS:
            break
        else:
            names.append(word.group(1)[:1].upper() + word.group(1)[1:])
        at = word.end()
    while names and names[-1] in _PARTICLES:
        names.pop()
    return " ".join(names) or None


def find_when(text: str) -> str | None:
    """For when the taxi is wanted, in the person's words; None for at once."""
    match = _WHEN.search(fold(text))
    return text[match.start() : match.end()].strip() if match is not None else None
