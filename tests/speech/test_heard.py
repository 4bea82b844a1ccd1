from hypothesis import given
from hypothesis import strategies as st

from smarthealth.speech.heard import BYTES_PER_SECOND, SpokenText


def _spoken(*sentences: tuple[str, float]) -> SpokenText:
    spoken = SpokenText()
    for text, seconds in sentences:
        spoken.begin(text)
        spoken.add(round(seconds * BYTES_PER_SECOND))
    return spoken


def test_whole_words_of_what_was_played_were_heard() -> None:
    """A word counts when its end was played."""
    spoken = _spoken(("Hola, buenas. ", 1.0), ("¿Va al Prado?", 2.0))
    spoken.end()
    assert spoken.heard(0.0) == ""
    assert spoken.heard(0.2) == ""
    assert spoken.heard(0.6) == "Hola,"
    assert spoken.heard(1.0) == "Hola, buenas."
    assert spoken.heard(2.0) == "Hola, buenas. ¿Va al"
    assert spoken.heard(3.0) == spoken.text == "Hola, buenas. ¿Va al Prado?"
    assert spoken.seconds == 3.0


def test_a_sentence_that_is_still_being_spoken_has_the_usual_pace() -> None:
    """Half of its audio is not half of its text when more audio is to come."""
    text = "palabra " * 10
    spoken = _spoken((text, 1.0))
    assert spoken.heard(1.0) == "palabra palabra"
    spoken.end()
    assert spoken.heard(1.0) == text.rstrip()


def test_nothing_said_is_nothing_heard() -> None:
    """Before the first sentence, and when a sentence had no audio at all."""
    spoken = SpokenText()
    spoken.end()
    assert spoken.heard(5.0) == ""
    spoken.begin("Hola. ")
    spoken.begin("Adiós.")
    assert spoken.heard(0.0) == "Hola."
    assert _spoken(("línea\notra", 1.0)).heard(0.55) == "línea"


@given(
    st.lists(st.tuples(st.text("abc de.\n", min_size=1, max_size=30), st.floats(0.01, 5)), max_size=6),
    st.lists(st.floats(0, 40), min_size=2, max_size=2),
)
def test_what_was_heard_begins_the_text_and_only_grows(sentences: list[tuple[str, float]], at: list[float]) -> None:
    """It is a prefix of what was said, whatever the time, and a later time hears no less."""
    spoken = _spoken(*sentences)
    earlier, later = (spoken.heard(moment) for moment in sorted(at))
    assert spoken.text.startswith(later)
    assert later.startswith(earlier)
