"""What the offline model says, sentence by sentence, from the note of a turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from smarthealth.apps.taxi.understanding.features import FEATURES
from smarthealth.apps.taxi.understanding.payment import PAYMENTS, written

from .brief import Brief, OrderNote
from .texts import ZONES, joined, payment_words

PAYMENT_QUESTION: Final = "¿Cómo vas a pagar: efectivo, Nequi, Daviplata, tarjeta o datáfono?"
FEATURES_QUESTION: Final = "¿Alguna preferencia especial, como aire acondicionado, baúl grande o mascota?"
CONFIRM_QUESTION: Final = "¿Confirmas el servicio?"
HELP: Final = (
    "Puedo pedirte un taxi, decirte cuánto cuesta, consultar o cancelar un servicio. ¿A qué dirección te diriges?"
)
OFFER: Final = "Creo que no nos estamos entendiendo. ¿Quieres que te llame un asesor?"
DECLINED: Final = "De acuerdo. Cuando necesites un taxi, aquí estoy."
KEPT: Final = "De acuerdo, no llamo a nadie. Tu pedido queda anotado; para seguir con él, dime el dato que falta."
CALLED: Final = "Un asesor ya tiene tu solicitud; para que te llame, dime tu número de teléfono."
CONFIRM_OR_PERSON: Final = "Si todo está bien, di «confirmo»; si prefieres que te atienda una persona, di «asesor»."
CHANGE_SENT: Final = "Ese servicio ya está pedido: el cambio se lo puedes decir al conductor, o lo cancelo y te pido otro. Para eso di «cancela el servicio»."
DISPATCHED_ALREADY: Final = "Tu servicio ya está pedido. ¿Necesitas algo más?"

_LACKS: Final[Mapping[str | None, str]] = {
    "main": "¿Y en qué calle o carrera?",
    "kind": "¿Es calle o carrera?",
    "cross": "¿Con qué número? Por ejemplo, Calle 72 # 43-25.",
    "plate": "¿Y el número de la placa, o entre qué calles queda?",
}


def opening(brief: Brief) -> Iterator[str]:
    """Courtesies."""
    if "greeting" in brief.intents and brief.is_first:
        yield "¡Hola! Soy Marisol, de la central de taxis." if brief.is_empty else "¡Hola!"
    elif "greeting" in brief.intents:
        yield "¡Hola!"
    if "ask_agent" in brief.intents and not (brief.is_first and brief.is_empty and "greeting" in brief.intents):
        yield "Soy Marisol, la asistente virtual de la central de taxis."


def answers(brief: Brief) -> Iterator[str]:
    """What was asked in between."""
    order = brief.order
    if brief.refused is not None:
        yield f"Lo siento mucho, hasta {brief.refused} no llegamos: solo prestamos servicio en {ZONES}."
    elif "ask_coverage" in brief.intents:
        yield f"Sí, llegamos a {brief.supposed}." if brief.supposed else f"Prestamos servicio en {ZONES}."
    elif brief.unknown is not None and "taxi" in brief.intents:
        yield f"No encuentro {brief.unknown} en mi mapa; prestamos servicio en {ZONES}."
    if brief.several:
        yield "Por pedido va un solo taxi; cuando salga este, te pido el otro."
    if "ask_fare" in brief.intents:
        yield from _fare(brief)
    if brief.payment_asked is not None:
        yield f"Sí, puedes pagar {payment_words(brief.payment_asked)}."
    elif brief.asks_payment:
        names = joined([written(one) for one in PAYMENTS[:-1]]).replace(" y ", " o ")
        yield f"Puedes pagar con {names}, o por {PAYMENTS[-1]}."
    if brief.features_asked:
        yield f"Sí, puedes pedirlo con {joined(brief.features_asked)}."
    elif "ask_features" in brief.intents and brief.missing != "payment":  # else the question tells the choices
        yield f"Claro, puedes pedir, por ejemplo, {joined(FEATURES[:5])}."
    if "ask_wait" in brief.intents and "status" not in brief.intents:
        yield "El tiempo de llegada lo confirma el conductor cuando toma el servicio."
    if "ask_summary" in brief.intents and not brief.is_empty and brief.missing != "confirmation":
        yield f"Llevo anotado: {told(order)}."
    if "wait" in brief.intents and not brief.tells:
        yield "Con calma, aquí te espero."


def _fare(brief: Brief) -> Iterator[str]:
    order = brief.order
    if brief.supposed is not None and brief.supposed_fare is not None:
        yield f"Hasta {brief.supposed} la tarifa es de {brief.supposed_fare}."
    elif brief.refused is None and order.fare is not None:
        estimate = ", estimada mientras me dices dónde te recogemos" if order.fare_is_estimate else ""
        yield f"El viaje hasta {order.destination} te sale en {order.fare}{estimate}."
    elif brief.refused is None:
        yield "La tarifa depende de las zonas del viaje; con el destino y el barrio te la digo."


def acknowledgement(brief: Brief) -> Iterator[str]:
    """What was understood of the order."""
    order, changed = brief.order, tuple(part for part in brief.changed if part not in brief.assumed)
    yield from _assumed(brief)
    if brief.missing == "confirmation":
        # the summary that follows says it all
        yield from ["Listo, corregido."] if brief.corrected else ["Perfecto."] if changed else []
        return
    words = []
    if "destination" in changed and order.destination:
        words.append(order.destination)
    if "pickup" in changed and order.pickup:
        words.append(f"te recogemos en {order.pickup}")
    if "payment" in changed and order.payment:
        words.append(f"pago {payment_words(order.payment)}")
    if "features" in changed:
        words.append(f"con {joined(order.features)}" if order.features else "sin preferencias")
    if "when" in changed and order.when:
        words.append(moment(order.when))
    if "phone" in changed and order.phone:
        words.append(f"teléfono {order.phone}")
    if "observation" in changed and order.observation:
        words.append(f"le diré al conductor: {order.observation}")
    name = f", {order.name}" if "name" in changed and order.name else ""
    if brief.corrected and words:
        yield f"Listo{name}, corregido: {', '.join(words)}."
    elif words:
        yield f"Entendido{name}: {', '.join(words)}."
    elif name:
        yield f"Mucho gusto{name}."
    if brief.assumed_zone and order.zone:
        yield f"Lo anoto en {order.zone}; si es en otro municipio, dímelo."


def _assumed(brief: Brief) -> Iterator[str]:
    """What was taken by default."""
    if "destination" in brief.assumed:
        yield f"Lo anoto en {brief.order.destination}; el sitio exacto se lo dices al conductor."
    if "payment" in brief.assumed and brief.order.payment:
        yield f"Anoto el pago {payment_words(brief.order.payment)}; si prefieres otro medio, dímelo."


def question(brief: Brief) -> Iterator[str]:
    """What is to be asked next."""
    order = brief.order
    if brief.is_stuck and not (brief.missing == "confirmation" and brief.hesitates):
        yield _stuck(brief)
        return
    match brief.missing:
        case "destination" if not order.destination:
            yield "¿A qué dirección te diriges?"
        case "destination" if order.lacks == "address":
            yield f"¿Cuál es la dirección exacta en {order.destination}, o qué sitio conocido queda cerca?"
        case "destination":
            yield _LACKS[order.lacks]
        case "zone" if order.zone_choices:
            yield f"¿Eso queda en {joined(order.zone_choices).replace(' y ', ' o ')}?"
        case "zone" if order.neighbourhood:
            yield f"¿En qué municipio queda: {ZONES.replace(' y ', ' o ')}?"
        case "zone":
            yield "¿En qué barrio?"
        case "payment":
            yield PAYMENT_QUESTION
            if not order.pickup and not brief.had_destination:
                yield "Y si me dices dónde te recogemos, te doy la tarifa exacta."
            elif order.pickup and order.pickup_zone is None:
                yield "¿Y en qué barrio te recogemos?"
            elif order.pickup and not order.pickup_is_exact:
                yield f"Y dime la dirección exacta donde te recogemos, en {order.pickup}."
        case "features":
            yield FEATURES_QUESTION
            if order.pickup and not order.pickup_is_exact:
                yield f"Y si tienes la dirección exacta de recogida en {order.pickup}, dímela; si no, el conductor te llama."
        case _:  # the confirmation
            if (
                brief.changed
                or brief.hesitates
                or brief.tells
                or brief.agent != "CONFIRMADOR"
                or "ask_summary" in brief.intents
            ):
                yield f"Resumen: {told(order)}."
            yield CONFIRM_QUESTION


def _stuck(brief: Brief) -> str:
    """What is said where the question was put often enough."""
    if brief.missing == "confirmation":
        return CONFIRM_OR_PERSON
    return CALLED if brief.wants_person else OFFER


def told(order: OrderNote) -> str:
    """The order, as far as it is known, in a sentence."""
    parts = [f"recogida en {order.pickup}"] if order.pickup else []
    if order.destination:
        parts.append(f"destino {order.destination}")
    if order.when:
        parts.append(moment(order.when))
    if order.payment:
        parts.append(f"pago {payment_words(order.payment)}")
    if order.features or order.features_settled:
        parts.append(f"preferencias: {joined(order.features)}" if order.features else "sin preferencias especiales")
    if order.observation:
        parts.append(f"observación: {order.observation}")
    if order.name:
        parts.append(f"a nombre de {order.name}")
    if order.fare:
        parts.append(f"tarifa{' estimada' if order.fare_is_estimate else ''} {order.fare}")
    return "; ".join(parts)


def moment(when: str) -> str:
    """A time as it stands in a sentence: "para mañana", "a las cuatro"."""
    told = when[:1].lower() + when[1:]
    return told if told.startswith(("para ", "a la", "en ", "dentro ", "sobre ", "tipo ", "como ")) else f"para {told}"
