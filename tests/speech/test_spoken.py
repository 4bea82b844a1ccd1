import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.speech.ports import SpeechLanguage
from smarthealth.speech.spoken import spoken_form


@pytest.mark.parametrize(
    ("written", "language", "spoken"),
    [
        ("Va a la **Cra. 43B # 20-15**, apto. 302.", "es", "Va a la carrera 43B número 20 15, apartamento 302."),
        ("Cl 72 #43-25, El Prado", "es", "calle 72 número 43 25, El Prado"),
        ("Serían $29.500 COP. 🚕", "es", "Serían 29500 pesos."),
        ("- Sr. Ruiz\n- Dra. Paz", "es", "señor Ruiz doctora Paz"),
        ("Vea [el mapa](https://example.com/x) o https://example.com/y", "es", "Vea el mapa o"),
        ("Go to Cra. 43 # 20-15", "en", "Go to Cra. 43 number 20-15"),
        ("```\ncode\n``` ok", "en", "ok"),
        ("— … \n", "es", ""),
    ],
)
def test_text_is_read_as_people_say_it(written: str, language: SpeechLanguage, spoken: str) -> None:
    """Addresses and prices in words, marks of lists and emphasis not at all."""
    assert spoken_form(written, language) == spoken


@given(st.text(max_size=300), st.sampled_from(["es", "en"]))
def test_any_text_has_a_spoken_form(text: str, language: SpeechLanguage) -> None:
    """It is on one line, and says something or is empty."""
    spoken = spoken_form(text, language)
    assert spoken == " ".join(spoken.split())
    assert not spoken or any(character.isalnum() for character in spoken)
