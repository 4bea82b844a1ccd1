"""Which of the two languages a message is in, by its commonest words and its letters."""

from __future__ import annotations

import re
from typing import Final

from smarthealth.conversation.application import Language
from smarthealth.retrieval.words import fold

_WORD: Final = re.compile(r"[a-z']+")
_SPANISH_LETTERS: Final = re.compile("[ñáéíóúü¿¡]")
_WEIGHT_OF_LETTERS: Final = 2
_SPANISH: Final = frozenset(
    "a al algo asi bien buenas cada como con cual cuando de del desde dia dias dice donde dolor duele el ella en es esta estoy "
    "fiebre hace hay hola hijo hija la las le les lo los mas me mi mis mucho muy ya no nada o para pero por porque puedo que se "
    "si sin siento sobre su sus tambien tengo tiene tos todo tomo toma un una unos usted y yo".split()
)
_ENGLISH: Final = frozenset(
    "a about all am an and any are as at been but can cannot can't could day days did do does don't for from had has have he "
    "hello help her hi his how i i'm i've if in is it it's my not now of on or pain she since should since so some than that the "
    "their them then there they this to took was we what when which who will with would you your hurts feel feeling".split()
)


def language_of(message: str) -> Language:
    """The language of a message; Spanish where neither is found, since most of those who write are its speakers.

    Words of both languages count for both, so a message of one foreign word is decided by the words around it.
    """
    words = _WORD.findall(fold(message))
    spanish = sum(word in _SPANISH for word in words)
    spanish += _WEIGHT_OF_LETTERS * bool(_SPANISH_LETTERS.search(message.lower()))
    english = sum(word in _ENGLISH for word in words)
    return "en" if english > spanish else "es"
