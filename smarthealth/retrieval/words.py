"""Words of a text, folded so that spellings which mean the same become the same.

Two degrees of folding. `fold` drops case and accents and keeps every other difference. `stem` also drops the inflection
that Spanish and English nouns and adjectives carry (plural, gender): it is deliberately light, so that `fractura`,
`fracturas` and `fracture` meet while `analgesia` and `analgésico` do not. A third one, `skeleton` in
`smarthealth.retrieval.cognates`, lets a Spanish word meet its English cognate.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_WORD = re.compile(r"\d+[.,]\d+|[a-z0-9]+")
_COMBINING = re.compile(r"[\u0300-\u036f]")
_COMMON_LETTERS = str.maketrans("áàâäãéèêëíìîïóòôöõúùûüñç¿¡·–—“”‘’°", "aaaaaeeeeiiiiooooouuuunc" + " " * 10)
"""One for one, so that most texts are folded in one pass; what is left is decomposed."""
_SHORT = 4
"""Words of fewer letters are abbreviations or are too short to lose an ending."""


def set_of(words_apart_by_spaces: str) -> frozenset[str]:
    """A set of words, written as one text."""
    return frozenset(words_apart_by_spaces.split())


STOP_WORDS = set_of(
    "a al algo alguna algun algunas alguno algunos ante antes asi aun aunque bajo cada como con contra cosa cual cuales cuando "
    "cuanta cuantas cuanto cuantos de del desde despues donde dos durante e el ella ellas ellos en entre era eran es esa ese eso "
    "esos esas esta estaba estado estan estar este esto estos fue fueron ha haber habia habido han hasta hay he hizo hoy la las "
    "le les lo los mas me menos mi mis mucho mucha muy nada ni no nos o os otra otro otras otros para pero poco por porque pues "
    "que quien quienes se sea segun ser si sido sin sobre son su sus suyo tal tambien tampoco tan tanto te tener tengo tenia "
    "tenido tiene tienen todo toda todos todas tras tu tuvo u un una unas uno unos usted ustedes va ver vez veces y ya yo "
    "about after all an and any are as at be been before but by can could did do does during ever for from given had has have "
    "he her him his how i if in into is it its many me most much my no not of off on or our out over per please she should so "
    "some such tell than that the their them then there these they this those through to too under until up us was we were "
    "what when where which who whom whose why will with within without would yes you your "
    "favor dime digame diga muestra mostrar muestrame muestreme lista listar liste enumera cuentame indica indique necesito "
    "quiero saber conocer puede puedes podria aparece aparecen figura figuran consta existe existen paciente pacientes "
    "registro registros registra registrada registrado registradas registrados registraron historia historial clinica clinico "
    "expediente ultimo ultima ultimos ultimas primer primera primero primeros primeras reciente recientes recientemente "
    "anterior anteriores actual actuales actualmente alguna fecha fechas dia dias mes meses ano anos hace resultado resultados "
    "valor valores cuantas total numero nivel dio salio dado hicieron realizo realizaron realizado realizada realizados "
    "patient patients record records recorded history list show give latest last first recent recently current currently date "
    "dates day days month months year years ago result results value values number level"
)
"""Words of a question that name no clinical thing."""
QUESTION_WORDS = set_of(
    "tiene toma tomado tomando tomar recibe recibio recibido receta recetado recetada recetaron formulado formularon prescrito "
    "prescribieron diagnostico diagnosticos diagnosticaron diagnosticado diagnosticada sufre sufrido padece padecido presenta "
    "presento presentado hicieron aplicaron aplicado aplicada puso pusieron puesto medicamento medicamentos medicacion vacuna "
    "vacunas vacunado vacunada procedimiento procedimientos examen examenes condicion condiciones enfermedad enfermedades dice "
    "dicen muestran evolucion tendencia veces ha tuvo atendio atendieron vio midieron medido "
    "medication medications drug drugs procedure procedures condition conditions vaccine vaccines finding disorder situation "
    "diagnosed prescribed taken takes taking take received receive test tests ever undergone undergo say says trend"
)
"""Words that say what kind of thing is asked for and not which."""
_NO_CONTENT = STOP_WORDS | QUESTION_WORDS


class Word(NamedTuple):
    """A word and where it stands in the text as it was given; a tuple, since an answer is made of hundreds."""

    folded: str
    start: int
    end: int


def fold(text: str) -> str:
    """Drop case, accents and compatibility forms; `ñ` becomes `n`."""
    folded = text.lower()
    if folded.isascii():
        return folded
    folded = folded.translate(_COMMON_LETTERS)
    if folded.isascii():
        return folded
    return _COMBINING.sub("", unicodedata.normalize("NFKD", text.casefold()))


def words(text: str) -> list[Word]:
    """Split a text into folded words; numbers keep their decimals, all other punctuation separates."""
    folded = text.lower().translate(_COMMON_LETTERS)
    if folded.isascii() and len(folded) == len(text):
        return [Word(match.group(), match.start(), match.end()) for match in _WORD.finditer(folded)]
    return _words_of_uneven_text(text)


def _words_of_uneven_text(text: str) -> list[Word]:
    # Folding may change lengths (decomposed accents, ligatures): fold each character and remember where it came from.
    pieces = list(map(_folded_character, text))
    origins = [position for position, piece in enumerate(pieces) for _ in piece]
    return [
        Word(match.group(), origins[match.start()], origins[match.end() - 1] + 1)
        for match in _WORD.finditer("".join(pieces))
    ]


@lru_cache(maxsize=4096)
def _folded_character(character: str) -> str:
    return fold(character)


def folded_words(text: str) -> list[str]:
    """The folded words of a text alone; faster than `words` where places do not matter."""
    return _WORD.findall(fold(text))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Drop plural and gender endings of a folded word; a word of three letters or with digits stays as it is."""
    if len(word) < _SHORT or not word.isalpha():
        return word
    if word.endswith("ces"):
        word = word[:-3] + "z"
    elif word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    if len(word) >= _SHORT and word[-1] in "aeo":
        word = word[:-1]
    return word[:-1] + "i" if word[-1] == "y" else word


def content_words(text: str) -> list[Word]:
    """The words of a question that can be looked for: no stop words, no words for kinds, no single letters or digits."""
    return [word for word in words(text) if word.folded not in _NO_CONTENT and len(word.folded) > 1]
