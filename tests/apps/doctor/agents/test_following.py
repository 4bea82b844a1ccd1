import pytest

from smarthealth.apps.doctor.agents.following import follows_up

HEADACHE = ("me duele la cabeza desde ayer", "I have a headache")


@pytest.mark.parametrize(
    "message",
    [
        "y desde cuándo",
        "¿Qué puedo tomar para eso?",
        "The pain is now worse",
        "ahora me duele más fuerte",
        "tengo 30 años",
        "soy alérgico a la penicilina",
        "me tomé un ibuprofeno y no se me quita",
        "empezó después de cenar",
        "no me deja dormir",
        "tengo el dolor de cabeza en el lado izquierdo",
        "it got worse after lunch",
        "I took ibuprofen and it didn't help",
        "should I see a doctor?",
        "and my vision is blurry",
        "I'm worried",
        "It's on the left side",
        "38.5",
        "sí",
        "",
    ],
)
def test_what_goes_on_is_about_what_was_said_before(message: str) -> None:
    """When, how, how much, what to do: none of it is a complaint of its own."""
    assert follows_up(message, HEADACHE)


@pytest.mark.parametrize(
    "message",
    [
        "me sudan mucho las manos",
        "¿Por qué me zumban los oídos?",
        "tengo un bulto en el cuello",
        "me salió un grano en la espalda",
        "Gracias. Ahora tengo hipo.",
        "my ears are ringing",
        "I’ve a lump in my neck",
        "there is a smell that nobody else notices",
        "I have hiccups all day",
    ],
)
def test_another_complaint_stands_for_itself(message: str) -> None:
    """Even where no article tells of it: what was said of a headache is no answer to a lump."""
    assert not follows_up(message, HEADACHE)


def test_words_that_were_said_before_are_nothing_new() -> None:
    """Who says it again goes on."""
    assert not follows_up("me zumban los oídos", HEADACHE)
    assert follows_up("me zumban los oídos", ["hace días me zumban los oídos"])
