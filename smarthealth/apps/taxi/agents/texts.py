"""Sentences about orders that tools and agents share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from smarthealth.apps.taxi.places.fares import pesos
from smarthealth.apps.taxi.slots import Asked
from smarthealth.apps.taxi.understanding.payment import PAYMENTS, written
from smarthealth.storage.bookings import Order

ZONES: Final = "Barranquilla, Soledad, Puerto Colombia y Galapa"
_MISSING: Final[Mapping[Asked, str]] = {
    "destination": "la dirección de destino",
    "zone": "el barrio o el municipio",
    "payment": "la forma de pago",
    "features": "saber si hay preferencias",
    "confirmation": "la confirmación",
}


def missing_words(missing: Asked) -> str:
    """What is missing, in words."""
    return _MISSING[missing]


def summary(order: Order) -> str:
    """An order in one sentence."""
    parts = [f"destino {order.destination}"]
    if order.pickup:
        parts.insert(0, f"recogida en {order.pickup}")
    if order.wanted:
        parts.append(f"para cuándo: {order.wanted}")
    parts.append(f"pago {payment_words(order.payment)}")
    parts.append(f"preferencias: {joined(order.features)}" if order.features else "sin preferencias especiales")
    if order.observation:
        parts.append(f"observación: {order.observation}")
    if order.name:
        parts.append(f"a nombre de {order.name}")
    if order.phone:
        parts.append(f"teléfono {order.phone}")
    estimate = " estimada" if order.fare_is_estimate else ""
    parts.append(f"tarifa{estimate} {pesos(order.fare)}")
    return "; ".join(parts)


def payment_words(payment: str) -> str:
    """How it is paid, as it stands behind "pago": `en efectivo`, `con Nequi`."""
    known = next((one for one in PAYMENTS if one == payment), None)
    if known == "efectivo":
        return "en efectivo"
    return f"por {known}" if known in ("datáfono", "transferencia") else f"con {written(known) if known else payment}"


def joined(names: Sequence[str]) -> str:
    """`a, b y c`."""
    return " y ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)
