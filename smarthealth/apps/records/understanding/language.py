"""Whether a question is Spanish or English, by its small words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import attrs

from smarthealth.retrieval.glossary import Glossary
from smarthealth.retrieval.words import folded_words, set_of

from .question import Language

_SPANISH = set_of(
    "el la los las un una unos unas de del al y o en con sin por para que cual cuales cuando cuanto cuantos "
    "cuanta cuantas como donde quien quienes su sus se le les lo ha han fue fueron es son esta tiene tuvo hay "
    "ultimo ultima ultimos ultimas primer primera primero paciente desde hasta antes despues entre durante "
    "segun sobre mas alguna algun alguno vez veces ano anos fecha peso talla presion medico nota notas alergia "
    "alergias vacuna vacunas medicamento medicamentos consulta consultas resumen historia historial dime "
    "muestra lista este estos estas no si recibio toma padece edad sexo ciudad a y valor nivel"
)
_ENGLISH = set_of(
    "the a an of and or in on at with without by for what which when how many much where who whom whose why "
    "his her their its is are was were has have had does did do been be this that these those last latest "
    "first patient since until before after between during any ever list show tell give year years date weight "
    "height blood pressure doctor note notes allergy allergies vaccine vaccines medication medications visit "
    "visits summary history most recent it he she they to from i me please value level age sex gender city"
)


# How words look that are in neither list: endings and letter pairs that one language has and the other hardly.
_SPANISH_LOOK = re.compile(r"(?:cion|dad|ico|ica|ado|ada|ura|encia|osis|itis|emia|ina|ol)s?$|[ao]s?$|^es[ptc]")
_ENGLISH_LOOK = re.compile(
    r"(?:tion|ing|ed|ity|ness|ure|ence|ic|al|ein|ine|ate|ous)s?$|th|sh|wh|ck|ph|oo|ee|ea|[bcdfghkmptwxy]$|ss$|k|w|y"
)


@attrs.frozen
class Names:
    """Words that clinical things are called by in one language and not in the other."""

    spanish: frozenset[str]
    english: frozenset[str]


@cache
def names_by_language(glossary: Glossary) -> Names:
    """The words of the glossary's names that tell a language, folded."""
    spanish = frozenset(word for concept in glossary.all for name in concept.spanish for word in folded_words(name))
    english = frozenset(word for concept in glossary.all for name in concept.english for word in folded_words(name))
    return Names(spanish - english, english - spanish)


_UNKNOWN = Names(frozenset(), frozenset())
_SHORTEST_LOOK = 4
"""Letters of a word whose look tells something: shorter ones are abbreviations."""


def detect_language(words: Sequence[str], *, before: Language = "es", known: Names = _UNKNOWN) -> Language:
    """Tell the language of folded words.

    Args:
        words: The question's words, folded.
        before: The language spoken so far, kept when the words do not tell.
        known: Words of clinical names that tell a language, asked where the small words do not.
    """
    spanish = sum(word in _SPANISH for word in words)
    english = sum(word in _ENGLISH for word in words)
    if spanish == english:
        spanish, english = (sum(word in names for word in words) for names in (known.spanish, known.english))
    if spanish == english:
        long = [word for word in words if len(word) >= _SHORTEST_LOOK]
        spanish, english = (
            sum(len(find(word)) for word in long) for find in (_SPANISH_LOOK.findall, _ENGLISH_LOOK.findall)
        )
    if spanish == english:
        return before
    return "es" if spanish > english else "en"
