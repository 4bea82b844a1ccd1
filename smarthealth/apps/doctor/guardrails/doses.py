"""Whether a sentence says how much of a medicine to take, or how often: in digits or words, in Spanish or English.

Quantities of food and drink, values of the laboratory, and how often to do what is no medicine are none of its business.
"""

from __future__ import annotations

import re
from typing import Final

from .medicines import names_medicine

_COUNT: Final = (
    r"(?:\d++(?:[.,]\d++)?|half|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|fifty|hundred|thousand|couple of|"
    r"medi[ao]|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|doce|quince|veinte|treinta|cincuenta|cien|ciento|doscient[oa]s|"
    r"trescient[oa]s|cuatrocient[oa]s|quinient[oa]s|seiscient[oa]s|ochocient[oa]s|mil)"
)
"""A single one is counted where it is given, as in "take a tablet": articles are everywhere."""
_RANGE: Final = rf"{_COUNT}(?:\s?(?:-|/|a|to|o|or|y|and)\s?{_COUNT})?"
_PIECES: Final = (
    r"(?:tablets?|tabs?|pills?|capsules?|caplets?|sachets?|drops|puffs?|ampoules?|vials?|suppositor(?:y|ies)|teaspoons?(?:fuls?)?|"
    r"tablespoons?(?:fuls?)?|spoonfuls?|tabletas?|pastillas?|capsulas?|comprimidos?|pildoras?|grageas?|gotas|inhalaciones|ampollas?|"
    r"sobres|supositorios?|cucharad(?:it)?as?|doses|dosis)"
)
_AMOUNT: Final = re.compile(
    rf"\b(?:{_RANGE}|one|una?)\s?-?(?:mg|mcg|ug|g|gr|ml|cc|iu|ui|units?|unidades|milligram(?:me)?s?|miligramos?|micrograms?|microgramos?|grams?|gramos?|"
    r"millilit(?:re|er)s?|mililitros?|international units|unidades internacionales)\b"
    r"(?!\s?(?:/|per\b|por\b)\s?(?:dl|l|ml|min|mmol|g|100|litre|liter|litro|decilit\w+|minut\w+)\b)"
)
_PIECES_COUNTED: Final = re.compile(rf"\b{_RANGE}\s(?:[a-z]+\s){{0,2}}?{_PIECES}\b")
_ONE_PIECE: Final = re.compile(
    rf"\b(?:take|tome|tomar|tomese|swallow|give|dele|an?|one|una?)\s(?:an?|one|una?)\s(?:[a-z]+\s)?{_PIECES}\b"
)
_MEDICINE_AND_NUMBER: Final = re.compile(
    r"\b([a-z]{4,})\s(?:de\s)?\d{2,4}\b(?!\s?(?:%|per cent|por ciento|hour|hora|day|dia|week|semana|month|mes|year|ano|people|personas|minut))"
)
_OFTEN: Final = re.compile(
    rf"\b(?:every|each|cada)\s(?:{_RANGE}\s?)?(?:hours?|hrs?|h|horas?)\b"
    rf"|\b(?:once|twice|{_COUNT}\s(?:times|veces)|una vez)\s(?:a|per|al|por|cada|every|each)\s?(?:day|dia|hour|hora|{_COUNT} horas)\b"
)
_GIVING: Final = re.compile(
    r"\b(?:take|tome|tomar|tomelo|tomela|tomese|swallow|inject|inyect\w+|administ\w+|give|dele|suminist\w+)\b"
)
_MEDICINE_WORD: Final = re.compile(
    r"\b(?:medicines?|medications?|drugs?|tablets?|pills?|capsules?|syrup|dose|medicamentos?|pastillas?|tabletas?|jarabe|dosis|remedio)\b"
)
_WITH_FOOD: Final = re.compile(
    r"\b(?:with|con|in|en)\s(?:[a-z0-9]+\s){0,3}?(?:water|agua|food|milk|leche|comida|comidas|meals?|juice|jugo)\b"
)
_FOOD: Final = re.compile(
    r"\b(?:water|agua|fluids?|liquids?|liquidos?|honey|miel|salt|sal|sugar|azucar|fib(?:re|er)|fibra|protein\w*|carbohydrat\w+|carbohidrat\w+|caffeine|"
    r"cafeina|sodium|sodio|cholesterol|colesterol|alcohol|blood|sangre|milk|leche|coffee|cafe|tea|te|juice|jugo|fruit|fruta|vegetables|verduras|"
    r"oil|aceite|suero|rehydration|rehidratacion|urine|orina|weigh\w*|pesa|peso|calories|calorias|vinegar|vinagre|bicarbonat\w+|chocolate|meat|carne|"
    r"temperature|temperatura|pressure|presion|tension|pulse|pulso|breaks?|rests?|walks?|baths?|showers?|breaths?|descansos?|pausas?|bano|sips?|"
    r"sorbos?|drinks?|feeds?|pecho|comidas?|meals?|snacks?|soup|sopa|nap|siesta)\b"
)
_AS_PRESCRIBED: Final = re.compile(
    r"\b(?:as (?:prescribed|directed)|your doctor|(?:como|segun|tal como)\b[^,;]{0,30}\b(?:indic|formul|recet|prescri)\w+)"
)


def says_dose(sentence: str) -> bool:
    """Whether a folded sentence says how much of a medicine, or how often."""
    medicine = names_medicine(sentence) or bool(_MEDICINE_WORD.search(sentence))
    # what a medicine is taken with is no reason to let its dose through
    is_food = bool(_FOOD.search(_WITH_FOOD.sub(" ", sentence))) and not medicine
    if not is_food and (_AMOUNT.search(sentence) or _PIECES_COUNTED.search(sentence) or _ONE_PIECE.search(sentence)):
        return True
    if any(names_medicine(found[1]) for found in _MEDICINE_AND_NUMBER.finditer(sentence)):
        return True
    if not _OFTEN.search(sentence) or is_food or _AS_PRESCRIBED.search(sentence):
        return False
    return medicine or bool(_GIVING.search(sentence))
