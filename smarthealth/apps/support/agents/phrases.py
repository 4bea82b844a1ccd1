"""The offline model's sentences, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

import attrs

from smarthealth.conversation.application import Language


@attrs.frozen(kw_only=True)
class Phrases:
    """Sentences of one language."""

    manual_says: str
    not_in_manual: str
    comes_nearest: str
    cannot_see: str
    fault: str
    again: str
    yes_no: str
    no_tree: str
    workshop: str
    tell_more: str
    greeting: str
    thanks: str
    elsewhere: str
    which_service: str
    offer: str
    offer_other: str
    full: str
    booked: str
    booked_already: str
    moved: str
    cancelled: str
    none_open: str
    which_visit: str
    when: str
    failed: str
    open_visits: str
    past_visits: str
    nothing_past: str
    price: str
    prices: str
    other_price: str
    hours: str
    closed: str
    declined: str
    visit: str
    states: Mapping[str, str]
    days: tuple[str, ...]
    months: tuple[str, ...]
    at: str
    labels: Mapping[str, str] = attrs.field(factory=dict)
    """Names of columns."""
    measures: Mapping[str, str] = attrs.field(factory=dict)
    """Words of measure, longer ones first."""
    errors: Mapping[str, str] = attrs.field(factory=dict)
    """By the beginning of a tool's reason."""

    def moment(self, text: str) -> str:
        """A beginning, in words."""
        moment = datetime.fromisoformat(text)
        return f"{self.day(moment.date())} {self.at} {moment:%H:%M}"

    def day(self, day: date) -> str:
        """A day, in words."""
        return f"{self.days[day.weekday()]} {day.day} {self.months[day.month - 1]}"

    def reason(self, error: str) -> str:
        """Why a tool could not do what it was asked, in this language."""
        return next((text for begin, text in self.errors.items() if error.startswith(begin)), self.failed)


_ENGLISH: Final = Phrases(
    manual_says="",
    not_in_manual="The documents that I have do not say that. If you tell me more exactly what you mean I will look again, or I can pass you on to a person.",
    comes_nearest="The documents that I have do not say that in so many words. What comes nearest to it:",
    cannot_see="I cannot look at pictures; please tell me in words what they show.",
    fault="This sounds like {fault}.",
    again="I did not understand that as yes or no.",
    yes_no="(yes or no)",
    no_tree="The manual has this on it:",
    workshop="The workshop can help with: {service}. Shall I look for an appointment?",
    tell_more="I cannot tell from that what is wrong. When does it happen, what do you hear, see or smell, and is a lamp on? I can also book a fault diagnosis at the workshop.",
    greeting="Hello! I can help with technical data of your {model}, appointments at the workshop, and faults.",
    thanks="You are welcome! I am here if you need anything else for your car.",
    elsewhere="That is none of the things that I can help with. Ask me about technical data of your {model}, appointments at the workshop, or a fault.",
    which_service="What should be done? For example: {services}.",
    offer="For {service} there is room on {day} at {times}. Which time suits you?",
    offer_other="That time is not free. For {service} there is room on {day} at {times}. Which time suits you?",
    full="There is no free time in the next three weeks for {service}.",
    booked="Booked: {visit}.",
    booked_already="You have that already: {visit}. Nothing was booked twice; say so if you want to move it.",
    moved="Moved: {visit}. It was on {was}.",
    cancelled="Cancelled: {visit}.",
    none_open="You have no open appointment.",
    which_visit="Which appointment do you mean? {visits}",
    when="To which day and time should I move it? Your appointment: {visit}.",
    failed="That did not work; please try again, or ask for a person.",
    open_visits="Your appointments: {visits}",
    past_visits="Earlier: {visits}",
    nothing_past="There are no earlier visits.",
    price="{name}: {price} dollars, about {minutes} minutes.",
    prices="Our prices in dollars: {prices}.",
    other_price="The workshop's price list does not say that. It has: {services}.",
    hours="We are open {hours}.",
    closed="closed",
    declined="All right, nothing was changed.",
    visit="{name} on {when}, number {number}, {price} dollars",
    states={"booked": "", "cancelled": " (cancelled)", "done": " (done)"},
    days=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
    at="at",
    errors={
        "That time is taken": "That time is taken.",
        "That time is over": "That time is over.",
        "Book at least": "Please book at least 30 minutes ahead.",
        "Book at most": "Please book at most 90 days ahead.",
        "The workshop is closed": "The workshop is closed then; it is open Monday to Friday 8:00 to 17:00 and Saturday 8:00 to 12:00, and visits begin at full and half hours.",
        "The customer has no such": "You have no such appointment.",
    },
)  # fmt: skip
_SPANISH: Final = Phrases(
    manual_says="Según el manual (en inglés):",
    not_in_manual="Los documentos que tengo no lo dicen. Si me cuenta con más exactitud a qué se refiere vuelvo a buscar, o lo comunico con una persona.",
    comes_nearest="Los documentos que tengo no lo dicen con esas palabras. Lo que más se acerca (en inglés):",
    cannot_see="No puedo ver imágenes; por favor cuénteme con palabras qué muestran.",
    fault="Esto suena a: {fault}.",
    again="No entendí si es sí o no.",
    yes_no="(sí o no)",
    no_tree="El manual (en inglés) dice esto:",
    workshop="El taller le ayuda con: {service}. ¿Busco una cita?",
    tell_more="Con eso no alcanzo a saber qué pasa. ¿Cuándo ocurre, qué oye, ve o huele, y hay alguna luz encendida? También puedo agendar un diagnóstico en el taller.",
    greeting="¡Hola! Le ayudo con datos técnicos de su {model}, citas en el taller y fallas.",
    thanks="¡Con gusto! Aquí estoy si necesita algo más para su carro.",
    elsewhere="Con eso no le puedo ayudar. Pregúnteme por datos técnicos de su {model}, citas en el taller o una falla.",
    which_service="¿Qué hay que hacerle? Por ejemplo: {services}.",
    offer="Para {service} hay cupo el {day} a las {times}. ¿Qué hora le sirve?",
    offer_other="Esa hora no está libre. Para {service} hay cupo el {day} a las {times}. ¿Qué hora le sirve?",
    full="No hay cupo en las próximas tres semanas para {service}.",
    booked="Agendado: {visit}.",
    booked_already="Eso ya lo tiene: {visit}. No se agendó dos veces; dígame si quiere moverlo.",
    moved="Movido: {visit}. Antes era el {was}.",
    cancelled="Cancelado: {visit}.",
    none_open="No tiene citas pendientes.",
    which_visit="¿A cuál cita se refiere? {visits}",
    when="¿Para qué día y hora la muevo? Su cita: {visit}.",
    failed="No se pudo; inténtelo de nuevo o pida hablar con una persona.",
    open_visits="Sus citas: {visits}",
    past_visits="Anteriores: {visits}",
    nothing_past="No hay visitas anteriores.",
    price="{name}: {price} dólares, unos {minutes} minutos.",
    prices="Nuestros precios en dólares: {prices}.",
    other_price="La lista de precios del taller no lo dice. Tiene: {services}.",
    hours="Atendemos {hours}.",
    closed="cerrado",
    declined="De acuerdo, no se cambió nada.",
    visit="{name} el {when}, número {number}, {price} dólares",
    states={"booked": "", "cancelled": " (cancelada)", "done": " (hecha)"},
    days=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    months=("de enero", "de febrero", "de marzo", "de abril", "de mayo", "de junio", "de julio", "de agosto", "de septiembre", "de octubre", "de noviembre", "de diciembre"),
    at="a las",
    labels={
        "Meaning": "significado",
        "What to do": "qué hacer",
        "Front": "adelante",
        "Rear": "atrás",
        "Capacity": "capacidad",
        "Load": "carga",
        "Interval": "intervalo",
        "Torque": "par de apriete",
        "Number": "número",
        "Hours": "horario",
        "Kind": "tipo",
        "Code": "código",
        "Time": "tiempo",
        "Distance": "distancia",
        "Replace": "cambio",
        "Part number": "número de parte",
        "Price in dollars": "precio en dólares",
    },
    measures={
        "up to": "hasta",
        "at most": "como máximo",
        "at least": "por lo menos",
        "in all": "en total",
        "litres": "litros",
        "litre": "litro",
        "years": "años",
        "year": "año",
        "months": "meses",
        "month": "mes",
        "weeks": "semanas",
        "days": "días",
        "hours": "horas",
        "minutes": "minutos",
        "seconds": "segundos",
        "every": "cada",
        "about": "unos",
        "always": "siempre",
        "none": "ninguno",
        "yes": "sí",
        "and": "y",
        "or": "o",
        "to": "a",
    },
    errors={
        "That time is taken": "Esa hora ya está ocupada.",
        "That time is over": "Esa hora ya pasó.",
        "Book at least": "Por favor agende al menos 30 minutos antes.",
        "Book at most": "Por favor agende máximo con 90 días de anticipación.",
        "The workshop is closed": "A esa hora el taller está cerrado; abre de lunes a viernes de 8:00 a 17:00 y sábados de 8:00 a 12:00, y las visitas empiezan a la hora en punto o a la media.",
        "The customer has no such": "No tiene esa cita.",
    },
)  # fmt: skip
PHRASES: Final[Mapping[Language, Phrases]] = {"en": _ENGLISH, "es": _SPANISH}
