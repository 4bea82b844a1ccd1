"""What the offline model says, from the note of a turn alone."""

from __future__ import annotations

import attrs
import pytest

from smarthealth.apps.taxi.agents.brief import Brief, OrderNote, ServiceNote
from smarthealth.apps.taxi.agents.phrases import (
    CALLED,
    CONFIRM_OR_PERSON,
    OFFER,
    acknowledgement,
    answers,
    opening,
    question,
    told,
)
from smarthealth.apps.taxi.slots import Asked

EMPTY = Brief(agent="RECEPCIONISTA", missing="destination", order=OrderNote(), is_empty=True)
PRADO = OrderNote(
    destination="Calle 72 # 43-25, El Prado, Barranquilla", zone="Barranquilla", fare="$9.500", fare_is_estimate=True
)
WHOLE = attrs.evolve(
    PRADO,
    pickup="Boston, Barranquilla",
    pickup_is_exact=True,
    pickup_zone="Barranquilla",
    payment="nequi",
    features=("mascota",),
    features_settled=True,
    observation="timbre",
    name="Ana",
    phone="3001234567",
    when="para mañana",
    fare_is_estimate=False,
)
BUSY = Brief(agent="OPERADOR", missing="payment", order=PRADO, is_empty=False)


def test_a_greeting() -> None:
    """With a name the first time, and no name twice."""
    hello = attrs.evolve(EMPTY, intents=("greeting",), is_first=True)
    assert list(opening(hello)) == ["¡Hola! Soy Marisol, de la central de taxis."]
    assert list(opening(attrs.evolve(hello, intents=("ask_agent", "greeting")))) == list(opening(hello))
    assert list(opening(attrs.evolve(hello, is_empty=False))) == ["¡Hola!"]
    assert list(opening(attrs.evolve(hello, is_first=False))) == ["¡Hola!"]
    assert "asistente virtual" in "".join(opening(attrs.evolve(EMPTY, intents=("ask_agent",))))
    assert list(opening(EMPTY)) == []


@pytest.mark.parametrize(
    ("brief", "words"),
    [
        (attrs.evolve(EMPTY, refused="Malambo"), "hasta Malambo no llegamos"),
        (attrs.evolve(EMPTY, intents=("ask_coverage",), supposed="Galapa"), "Sí, llegamos a Galapa."),
        (attrs.evolve(EMPTY, intents=("ask_coverage",)), "Prestamos servicio en Barranquilla"),
        (attrs.evolve(BUSY, intents=("ask_fare",)), "te sale en $9.500, estimada"),
        (attrs.evolve(BUSY, order=WHOLE, intents=("ask_fare",)), "te sale en $9.500."),
        (
            attrs.evolve(BUSY, intents=("ask_fare",), supposed="Galapa", supposed_fare="$29.500"),
            "Hasta Galapa la tarifa es de $29.500.",
        ),
        (attrs.evolve(EMPTY, intents=("ask_fare",)), "depende de las zonas"),
        (attrs.evolve(BUSY, asks_payment=True, payment_asked="nequi"), "Sí, puedes pagar con Nequi."),
        (attrs.evolve(BUSY, asks_payment=True), "Puedes pagar con efectivo, Nequi"),
        (
            attrs.evolve(BUSY, missing="features", intents=("ask_features",)),
            "Claro, puedes pedir, por ejemplo, aire acondicionado",
        ),
        (attrs.evolve(BUSY, intents=("ask_features",), features_asked=("mascota",)), "Sí, puedes pedirlo con mascota."),
        (attrs.evolve(EMPTY, intents=("taxi",), unknown="Chibolo"), "No encuentro Chibolo"),
        (attrs.evolve(EMPTY, several=True), "un solo taxi"),
        (attrs.evolve(BUSY, intents=("ask_wait",)), "lo confirma el conductor"),
        (attrs.evolve(BUSY, intents=("ask_summary",)), "Llevo anotado: destino Calle 72"),
        (attrs.evolve(BUSY, intents=("wait",)), "aquí te espero"),
    ],
)
def test_questions_in_between(brief: Brief, words: str) -> None:
    """Are answered from the order and the tables."""
    assert words in " ".join(answers(brief))


def test_no_question_no_answer() -> None:
    """And a fare to where nobody drives is not told."""
    assert list(answers(attrs.evolve(BUSY, intents=("wait", "ask_summary"), tells=True, missing="confirmation"))) == []
    refused = attrs.evolve(EMPTY, intents=("ask_fare",), refused="Malambo", order=attrs.evolve(PRADO, fare=None))
    assert len(list(answers(refused))) == 1


@pytest.mark.parametrize(
    ("brief", "words"),
    [
        (
            attrs.evolve(
                BUSY,
                order=WHOLE,
                changed=("destination", "pickup", "payment", "features", "when", "phone", "observation", "name"),
            ),
            "Entendido, Ana: Calle 72 # 43-25, El Prado, Barranquilla, te recogemos en Boston, Barranquilla, pago con Nequi,"
            " con mascota, para mañana, teléfono 3001234567, le diré al conductor: timbre.",
        ),
        (
            attrs.evolve(BUSY, changed=("destination",), corrected=True),
            "Listo, corregido: Calle 72 # 43-25, El Prado, Barranquilla.",
        ),
        (attrs.evolve(BUSY, changed=("features",)), "Entendido: sin preferencias."),
        (attrs.evolve(BUSY, order=WHOLE, changed=("name",)), "Mucho gusto, Ana."),
        (attrs.evolve(BUSY, assumed_zone=True), "Lo anoto en Barranquilla; si es en otro municipio, dímelo."),
        (attrs.evolve(BUSY, missing="confirmation", changed=("payment",)), "Perfecto."),
        (attrs.evolve(BUSY, missing="confirmation", changed=("payment",), corrected=True), "Listo, corregido."),
        (attrs.evolve(BUSY, missing="confirmation"), ""),
        (
            attrs.evolve(
                BUSY,
                order=OrderNote(),
                changed=("destination", "pickup", "payment", "when", "phone", "observation", "name"),
            ),
            "",
        ),
    ],
)
def test_what_was_understood(brief: Brief, words: str) -> None:
    """Is said back, unless a summary follows."""
    assert " ".join(acknowledgement(brief)) == words


@pytest.mark.parametrize(
    ("missing", "order", "words"),
    [
        ("destination", OrderNote(), "¿A qué dirección te diriges?"),
        (
            "destination",
            attrs.evolve(PRADO, destination="Galapa", lacks="address"),
            "¿Cuál es la dirección exacta en Galapa, o qué sitio conocido queda cerca?",
        ),
        ("destination", attrs.evolve(PRADO, lacks="kind"), "¿Es calle o carrera?"),
        (
            "zone",
            attrs.evolve(PRADO, zone_choices=("Barranquilla", "Soledad")),
            "¿Eso queda en Barranquilla o Soledad?",
        ),
        (
            "zone",
            attrs.evolve(PRADO, neighbourhood="Los Pinos"),
            "¿En qué municipio queda: Barranquilla, Soledad, Puerto Colombia o Galapa?",
        ),
        ("zone", PRADO, "¿En qué barrio?"),
        (
            "payment",
            PRADO,
            "¿Cómo vas a pagar: efectivo, Nequi, Daviplata, tarjeta o datáfono? Y si me dices dónde te recogemos, te doy la tarifa exacta.",
        ),
        (
            "payment",
            attrs.evolve(WHOLE, pickup_zone=None),
            "¿Cómo vas a pagar: efectivo, Nequi, Daviplata, tarjeta o datáfono? ¿Y en qué barrio te recogemos?",
        ),
        (
            "payment",
            attrs.evolve(WHOLE, pickup_is_exact=False),
            "¿Cómo vas a pagar: efectivo, Nequi, Daviplata, tarjeta o datáfono? Y dime la dirección exacta donde te recogemos, en Boston, Barranquilla.",
        ),
        ("payment", WHOLE, "¿Cómo vas a pagar: efectivo, Nequi, Daviplata, tarjeta o datáfono?"),
        ("features", PRADO, "¿Alguna preferencia especial, como aire acondicionado, baúl grande o mascota?"),
    ],
)
def test_what_is_asked_next(missing: Asked, order: OrderNote, words: str) -> None:
    """One thing at a time."""
    assert " ".join(question(attrs.evolve(BUSY, missing=missing, order=order))) == words


def test_the_confirmation() -> None:
    """Comes with a summary where something is new."""
    confirm = attrs.evolve(BUSY, missing="confirmation", order=WHOLE)
    assert " ".join(question(confirm)).startswith("Resumen: recogida en Boston")
    assert list(question(attrs.evolve(confirm, agent="CONFIRMADOR"))) == ["¿Confirmas el servicio?"]
    assert told(WHOLE) == (
        "recogida en Boston, Barranquilla; destino Calle 72 # 43-25, El Prado, Barranquilla; para mañana; pago con Nequi;"
        " preferencias: mascota; observación: timbre; a nombre de Ana; tarifa $9.500"
    )
    assert told(OrderNote()) == ""
    assert told(attrs.evolve(PRADO, features_settled=True)).endswith(
        "sin preferencias especiales; tarifa estimada $9.500"
    )
    assert ServiceNote(reference="BAQ-1", destination="x", fare=1).fare == 1


def test_what_was_taken_by_default() -> None:
    """Is told, once, and may be put right."""
    assumed = attrs.evolve(BUSY, changed=("destination",), assumed=("destination",))
    assert list(acknowledgement(assumed)) == [
        "Lo anoto en Calle 72 # 43-25, El Prado, Barranquilla; el sitio exacto se lo dices al conductor."
    ]
    cash = attrs.evolve(BUSY, order=WHOLE, missing="features", changed=("payment",), assumed=("payment",))
    assert list(acknowledgement(cash)) == ["Anoto el pago con Nequi; si prefieres otro medio, dímelo."]


def test_a_question_that_was_put_often_enough() -> None:
    """Is not put again: a person is offered, or said to be on the way, and a summary has two plain answers."""
    stuck = attrs.evolve(EMPTY, is_stuck=True)
    assert list(question(stuck)) == [OFFER]
    assert list(question(attrs.evolve(stuck, wants_person=True))) == [CALLED]
    assert list(question(attrs.evolve(stuck, missing="confirmation"))) == [CONFIRM_OR_PERSON]


def test_a_pickup_somewhere_in_a_neighbourhood() -> None:
    """Is asked about a second time with the wishes; the driver calls about the rest."""
    vague = attrs.evolve(WHOLE, pickup_is_exact=False)
    assert "el conductor te llama" in " ".join(question(attrs.evolve(BUSY, missing="features", order=vague)))
