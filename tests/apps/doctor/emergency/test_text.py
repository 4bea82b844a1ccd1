import pytest

from smarthealth.apps.doctor.emergency.text import MOST_CHARACTERS, Border, tokenize


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("Él NO respira", "el no respira"),
        ("xq no pued respirar xfa", "porque no pued respirar por favor"),
        ("can't won’t isn't", "can not will not is not"),
        ("mustn't", "must not"),
        ("dad's she'd o'x", "dad is she d"),
        ("ayudaaaa", "ayuda"),
        ("yaaaa", "ya"),
        ("xqqq", "porque"),
        ("38,5 120/80 97%", "38,5 120/80 97 %"),
        ("SpO2 2-month-old", "spo2 2 month old"),
        ("re\u200bspira \U0001f198 ﬁebre 中 ß", "respira sos fiebre ss"),
        ("°C…", "c"),
    ],
)
def test_words(message: str, words: str) -> None:
    """Folded, with short forms written out."""
    assert " ".join(token.text for token in tokenize(message)) == words


def test_borders_and_places() -> None:
    """Sentences and commas are told apart, and offsets are those of the message."""
    tokens = tokenize("Sí, él. No")
    assert [token.border for token in tokens] == [Border.HARD, Border.SOFT, Border.HARD]
    assert [(token.start, token.end) for token in tokens] == [(0, 2), (4, 6), (8, 10)]


def test_what_comes_after_the_limit_is_not_read() -> None:
    """So that no message costs more than the longest one."""
    assert len(tokenize("si " * MOST_CHARACTERS)) <= MOST_CHARACTERS // 3 + 1
