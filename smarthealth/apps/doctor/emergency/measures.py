"""What numbers say: temperature, saturation, sugar, pressure, pulse, age; as signals, with the words that told them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import attrs

from .patterns import Match
from .text import Border, Token

_KINDS: Final = {
    "saturation": "spo2 sao2 o2 ox sat sats satura saturacion saturando saturado saturation saturating oxigeno oxigenacion oxygen oximetro oximeter dedo finger aparatico",
    "temperature": "temperatura temperature fiebre fever calentura grados degrees termometro thermometer febril",
    "sugar": "azucar glucosa glucose glicemia glucemia glucometria glucometro glucometer sugar sugars glicemico bgl",
    "pressure": "presion tension pressure bp pa ta arterial",
    "pulse": "pulso pulsaciones pulse rate latidos lpm bpm ppm frecuencia ritmo heartbeat taquicardia",
}
_KIND_OF: Final = {word: kind for kind, words in _KINDS.items() for word in words.split()}
_UNIT_KIND: Final = {
    "c": "temperature",
    "f": "temperature",
    "celsius": "temperature",
    "fahrenheit": "temperature",
    "centigrados": "temperature",
}
_OTHER_UNITS: Final = frozenset(
    [
        "anos",
        "ano",
        "years",
        "year",
        "yr",
        "old",
        "kg",
        "kilos",
        "lb",
        "lbs",
        "pounds",
        "ml",
        "minutes",
        "minute",
        "minutos",
        "minuto",
        "hours",
        "hour",
        "hora",
        "horas",
        "dias",
        "dia",
        "days",
        "day",
        "weeks",
        "week",
        "semanas",
        "semana",
        "meses",
        "mes",
        "months",
        "month",
        "veces",
        "times",
        "am",
        "pm",
        "times",
        "metros",
        "pills",
        "pastillas",
        "tabletas",
    ]
)
_NUMBERS: Final = {
    **dict(
        zip(
            ["un", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez"],
            range(1, 11),
            strict=True,
        )
    ),
    **dict(
        zip(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], range(1, 11), strict=True)
    ),
    "una": 1,
}
_DAYS: Final = {
    "dia": 1, "dias": 1, "day": 1, "days": 1, "semana": 7, "semanas": 7, "week": 7, "weeks": 7, "wk": 7, "mes": 30, "meses": 30, "month": 30,
    "months": 30, "mo": 30, "mesecitos": 30, "ano": 365, "anos": 365, "anitos": 365, "year": 365, "years": 365, "yo": 365,
}  # fmt: skip
_CHILDREN: Final = frozenset(
    [
        "bebe",
        "bebita",
        "bebito",
        "nene",
        "nena",
        "hijo",
        "hija",
        "nino",
        "nina",
        "ninito",
        "ninita",
        "recien",
        "nacido",
        "nacida",
        "lactante",
        "guagua",
        "nieto",
        "nieta",
        "sobrino",
        "sobrina",
        "baby",
        "infant",
        "newborn",
        "toddler",
        "child",
        "kid",
        "son",
        "daughter",
        "boy",
        "girl",
        "grandson",
        "granddaughter",
        "niece",
        "nephew",
    ]
)
_OF_AGE: Final = frozenset(["old", "edad", "nacido", "nacida", "vida"])
_NOT_AGE: Final = frozenset(
    [
        "hace",
        "desde",
        "for",
        "since",
        "last",
        "ultimos",
        "ultimas",
        "past",
        "every",
        "cada",
        "llevo",
        "lleva",
        "durante",
    ]
)
_PREGNANCY: Final = frozenset(["embarazo", "embarazada", "pregnant", "gestacion", "pregnancy", "along"])
_LEFT, _RIGHT, _NEAR = 6, 3, 4
"""Words."""
_YOUNG_DAYS: Final = 92
_CHILD_DAYS, _ELDER_DAYS = 13 * 365, 65 * 365
_LATE_PREGNANCY_DAYS: Final = 20 * 7
_FEVER, _CHILD_FEVER, _EXTREME_FEVER, _COLD = 38.0, 40.0, 41.0, 35.0
"""Degrees Celsius; NICE NG143, Manchester."""
_COOLEST, _HOTTEST = 30.0, 44.0
_COOLEST_F, _HOTTEST_F = 93.0, 112.0
_SATURATION = (40.0, 92.0)
_MMOL, _SUGAR_LOW, _SUGAR_HIGH, _SUGAR_EXTREME = 18.0, 54.0, 250.0, 400.0
"""Milligrams per decilitre, and how many are a millimole per litre; ADA."""
_MOST_MMOL: Final = 34.0
_SYSTOLIC, _DIASTOLIC = 180.0, 120.0
_SYSTOLIC_PREGNANT, _DIASTOLIC_PREGNANT = 140.0, 90.0
_SYSTOLIC_LOW, _LEAST_SYSTOLIC, _MOST_SYSTOLIC = 90.0, 40.0, 290.0
"""Millimetres of mercury; ACC/AHA."""
_CENTIMETRES: Final = 30.0
_PULSE_EXTREME, _PULSE_HIGH, _PULSE_LOW, _PULSE_LOWEST, _MOST_PULSE = 150.0, 120.0, 45.0, 35.0, 300.0


@attrs.frozen(kw_only=True)
class _Number:
    place: int
    value: float
    second: float | None = None
    """What stood after the slash, or after `over`."""


def measures(tokens: Sequence[Token], *, of_infant: bool = False) -> list[Match]:
    """The signals of all numbers, in time that grows with the message alone.

    Args:
        tokens: The words of a message.
        of_infant: Whether it is known to be about a baby under three months; a bare `38.5` is a temperature then.
    """
    found = [Match(signal, start, end) for signal, start, end in _ages(tokens)]
    is_infant = (
        of_infant
        or any(match.label == "age-infant" for match in found)
        or any(token.text in {"recien", "newborn", "neonato", "lactante", "infant"} for token in tokens)
    )
    for number in _numbers(tokens):
        kind, place = _kind(tokens, number, is_infant=is_infant)
        first, last = sorted((place, number.place))
        found += (Match(signal, first, last + 1) for signal in _signals(kind, number, tokens))
    if is_infant:
        found += [attrs.evolve(match, label="infant-fever") for match in found if match.label == "fever-measured"]
    return found


def _numbers(tokens: Sequence[Token]) -> Iterator[_Number]:
    for place, token in enumerate(tokens):
        if token.text[0].isdigit() and (place == 0 or tokens[place - 1].text not in {"over", "sobre"}):
            first, _, second = token.text.replace(",", ".").partition("/")
            after = tokens[place + 1 : place + 3]
            if not second and len(after) == 2 and after[0].text in {"over", "sobre"} and after[1].text[0].isdigit():
                second = after[1].text.partition("/")[0].replace(",", ".")
            yield _Number(place=place, value=float(first), second=float(second) if second else None)


def _kind(tokens: Sequence[Token], number: _Number, *, is_infant: bool) -> tuple[str, int]:
    """What a number measures, and the word that says so."""
    place = number.place
    following = tokens[place + 1].text if place + 1 < len(tokens) else ""
    if following in _UNIT_KIND:
        return _UNIT_KIND[following], place + 1
    if following in _OTHER_UNITS:
        return "", place
    if following == "%" and number.value > _SATURATION[0]:
        return _worded(tokens, place) or ("", place)
    if worded := _worded(tokens, place):
        return worded
    if number.second is not None and number.value >= _LEAST_SYSTOLIC * 1.5 and number.second > _CENTIMETRES:
        return "pressure", place
    if is_infant and _FEVER <= number.value <= _HOTTEST and number.second is None:
        return "temperature", place
    return "", place


def _worded(tokens: Sequence[Token], place: int) -> tuple[str, int] | None:
    at = place
    while at > max(0, place - _LEFT) and tokens[at].border is not Border.HARD:
        at -= 1
        if tokens[at].text in _KIND_OF:
            return _KIND_OF[tokens[at].text], at
    for at in range(place + 1, min(len(tokens), place + 1 + _RIGHT)):
        if tokens[at].border is Border.HARD:
            break
        if tokens[at].text in _KIND_OF:
            return _KIND_OF[tokens[at].text], at
    return None


def _signals(kind: str, number: _Number, tokens: Sequence[Token]) -> Iterator[str]:
    match kind:
        case "temperature":
            yield from _temperature(number.value)
        case "saturation" if _SATURATION[0] <= number.value < _SATURATION[1]:
            yield "saturation-low"
        case "sugar":
            yield from _sugar(
                number.value, "mmol" in {token.text for token in tokens[number.place + 1 : number.place + 3]}
            )
        case "pressure":
            yield from _pressure(number)
        case "pulse" if number.value < _MOST_PULSE:
            yield from _pulse(number.value)


def _temperature(value: float) -> Iterator[str]:
    if _COOLEST_F <= value <= _HOTTEST_F:
        value = round((value - 32) / 1.8, 1)
    if not _COOLEST <= value <= _HOTTEST:
        return
    if value >= _FEVER:
        yield "fever-measured"
    if value >= _CHILD_FEVER:
        yield "child-high-fever"
    if value >= _EXTREME_FEVER:
        yield "very-high-fever"
    if value < _COLD:
        yield "cold-body"


def _sugar(value: float, is_mmol: bool) -> Iterator[str]:
    if is_mmol or (value < _MOST_MMOL and value % 1):
        value *= _MMOL
    if 0 < value < _SUGAR_LOW:
        yield "glucose-low"
    if value >= _SUGAR_HIGH or (value < _MOST_MMOL and not is_mmol):
        yield "glucose-high"
    if value >= _SUGAR_EXTREME:
        yield "glucose-extreme"


def _pressure(number: _Number) -> Iterator[str]:
    high, low = number.value, number.second
    if high < _CENTIMETRES:
        high, low = high * 10, low * 10 if low is not None else None
    if not _LEAST_SYSTOLIC <= high <= _MOST_SYSTOLIC:
        return
    if high >= _SYSTOLIC or (low or 0) >= _DIASTOLIC:
        yield "pressure-crisis"
    if high >= _SYSTOLIC_PREGNANT or (low or 0) >= _DIASTOLIC_PREGNANT:
        yield "pressure-pregnant"
    if high < _SYSTOLIC_LOW:
        yield "pressure-low"


def _pulse(value: float) -> Iterator[str]:
    if value >= _PULSE_HIGH:
        yield "pulse-high"
    if value >= _PULSE_EXTREME or value <= _PULSE_LOWEST:
        yield "pulse-extreme"
    if value < _PULSE_LOW:
        yield "pulse-low"


def _ages(tokens: Sequence[Token]) -> Iterator[tuple[str, int, int]]:
    for place in range(1, len(tokens)):
        unit = _DAYS.get(tokens[place].text)
        count = _count(tokens[place - 1].text)
        if unit is None or count is None:
            continue
        after = {token.text for token in tokens[place + 1 : place + 1 + _NEAR]}
        before = {token.text for token in tokens[max(0, place - 1 - _NEAR) : place - 1]}
        days = count * unit
        if (before | after) & _PREGNANCY:
            if days >= _LATE_PREGNANCY_DAYS:
                yield "late-pregnancy", place - 1, place + 1
        elif (
            "ago" not in after
            and not before & _NOT_AGE
            and (after & _OF_AGE or (before | after) & _CHILDREN or unit == 365)
        ):
            if days < _YOUNG_DAYS:
                yield "age-infant", place - 1, place + 1
            if days < _CHILD_DAYS and (after & _OF_AGE or (before | after) & _CHILDREN):
                yield "age-child", place - 1, place + 1
            if days >= _ELDER_DAYS:
                yield "age-elder", place - 1, place + 1


def _count(word: str) -> float | None:
    return float(word.replace(",", ".").partition("/")[0]) if word[0].isdigit() else _NUMBERS.get(word)
