import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.speech.sentences import LONGEST_SENTENCE, SentenceGate

TEXTS = st.text(alphabet="aZ9 .,?!¿\n…#$:-é", max_size=400) | st.lists(
    st.sampled_from(
        ["Cra.", "43", "#", "20-15.", "$29.500", "Sr.", "Dra.", "apto.", "No.", "Hola.", "¿Va?", "p.m.", "\n", "y", " "]
    ),
    max_size=60,
).map(" ".join)


def _cut(text: str, longest: int = LONGEST_SENTENCE) -> list[str]:
    gate = SentenceGate(longest=longest)
    return gate.feed(text) + gate.finish()


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("¡Hola! Soy Ana. ¿En qué le ayudo?", ["¡Hola! ", "Soy Ana. ", "¿En qué le ayudo?"]),
        ("Es la Cra. 43 # 20-15. Ya va.", ["Es la Cra. 43 # 20-15. ", "Ya va."]),
        ("Son $29.500. Pago en efectivo.", ["Son $29.500. ", "Pago en efectivo."]),
        ("Son $29.500 y 3.5 km. Bien.", ["Son $29.500 y 3.5 km. Bien."]),
        ("El Sr. Ruiz y la Dra. Paz. Listo.", ["El Sr. Ruiz y la Dra. Paz. ", "Listo."]),
        ("Vive en el apto. 302, int. 4. Sí.", ["Vive en el apto. 302, int. 4. ", "Sí."]),
        ("Está en el apto. ¿Correcto?", ["Está en el apto. ", "¿Correcto?"]),
        ("Es el No. 20 de allá.", ["Es el No. 20 de allá."]),
        ("No. Gracias. No. # 5", ["No. ", "Gracias. ", "No. # 5"]),
        ("A las 5 p.m. Llega. A las 6 a. m. en punto.", ["A las 5 p.m. ", "Llega. ", "A las 6 a. m. en punto."]),
        ("1. Nequi\n2. Efectivo\n\nElija.", ["1. Nequi\n", "2. Efectivo\n\n", "Elija."]),
        ("Espere... ya casi… Listo.", ["Espere... ya casi… ", "Listo."]),
        ("¿Seguro? preguntó. (Sí.) Bueno.", ["¿Seguro? preguntó. ", "(Sí.) ", "Bueno."]),
        ("J. Pérez viene. Adiós", ["J. Pérez viene. ", "Adiós"]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_would_say(text: str, sentences: list[str]) -> None:
    """Numbers, addresses, prices and abbreviations do not end a sentence."""
    assert _cut(text) == sentences


@given(text=TEXTS, splits=st.lists(st.integers(0, 400), max_size=12), longest=st.integers(2, 60))
def test_sentences_do_not_depend_on_how_the_text_came(text: str, splits: list[int], longest: int) -> None:
    """Whole or letter by letter: the same sentences, which joined are the text, none longer than allowed."""
    gate = SentenceGate(longest=longest)
    bounds = [0, *sorted(min(split, len(text)) for split in splits), len(text)]
    came = [s for start, end in itertools.pairwise(bounds) for s in gate.feed(text[start:end])]
    came += gate.finish()
    assert came == _cut(text, longest)
    assert "".join(came) == text
    assert all(len(sentence) <= longest for sentence in came[:-1])
    assert len(came[-1:] and came[-1]) <= longest + 8


def test_a_sentence_goes_as_soon_as_what_follows_tells() -> None:
    """Speech begins with the first sentence, not with the whole answer."""
    gate = SentenceGate()
    assert gate.feed("¡Claro!") == []
    assert gate.feed(" ") == []
    assert gate.feed("Le") == ["¡Claro! "]


def test_a_text_without_ends_is_cut_after_a_clause() -> None:
    """Nobody waits for the end of a sentence that has none."""
    clause = "y entonces seguimos derecho por toda la avenida, "
    assert _cut(clause * 10)[0].endswith("avenida, ")
    assert _cut("palabra " * 100)[0].endswith(" ")
    assert _cut("a" * 236 + ".      Y" + "b" * 300)[0] == "a" * 236 + ".   "
    assert _cut("x" * 1000)[0] == "x" * LONGEST_SENTENCE
    assert "".join(_cut(" " * 1000)) == " " * 1000
