"""The agents' tools: they change the order, ask the tables, and send taxis."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import cache, partial
from typing import Annotated, Final, Literal

import attrs

from smarthealth.apps.taxi.desk import TIME_LIMIT, DeskFull
from smarthealth.apps.taxi.dispatch.port import DispatchError, DispatchRefused
from smarthealth.apps.taxi.filling import LONGEST_OBSERVATION
from smarthealth.apps.taxi.orders import fare_of, make_order
from smarthealth.apps.taxi.places.fares import pesos
from smarthealth.apps.taxi.places.place import Place
from smarthealth.apps.taxi.state import write_state
from smarthealth.apps.taxi.understanding.features import FEATURES, find_features
from smarthealth.apps.taxi.understanding.payment import Payment, written
from smarthealth.apps.taxi.wire import AgentName
from smarthealth.llm.tooling.arguments import Parameters
from smarthealth.llm.tooling.errors import ToolError
from smarthealth.llm.tooling.registry import Toolbox, ToolSpec, make_tool
from smarthealth.storage.bookings import Booking, Order
from smarthealth.storage.errors import StorageError
from smarthealth.storage.threads import ThreadMessage
from smarthealth.wire.fields import length

from .texts import missing_words, payment_words, summary
from .work import Work, first_fill

TRANSFERRED: Final = "Transfer successful"
"""As the protocol's document has it."""
HANDOFFS: Final = frozenset(
    {"TransferToNavegante", "TransferToOperador", "TransferToConfirmador", "TransferToRecepcionista"}
)
"""Tools behind which an agent has nothing more to say."""
TOOLS: Final[Mapping[AgentName, tuple[str, ...]]] = {
    "RECEPCIONISTA": ("TransferToNavegante", "LookupService", "CancelService", "TransferToHuman"),
    "NAVEGANTE": ("ValidateAddress", "CheckZone", "TransferToOperador"),
    "OPERADOR": ("SetPayment", "SetFeatures", "EstimateFare", "TransferToConfirmador"),
    "CONFIRMADOR": ("ShowSummary", "TransferToNavegante", "TransferToOperador", "DispatchToBackend", "TransferToHuman"),
}
LONGEST_ARGUMENT: Final = 300
"""Characters."""
SLOW: Final = frozenset({"DispatchToBackend", "CancelService"})
"""Tools that ask the fleet's backend."""
SHORT: Final = 10.0
"""Seconds for a tool that asks nobody but the database."""

Job = Callable[[], Awaitable[str]]
Text = Annotated[str, length(0, LONGEST_ARGUMENT)]


@attrs.frozen
class AgentTools:
    """The tools of one turn."""

    work: Work

    def toolbox(self) -> Toolbox:
        """Those of the agent who answers."""
        functions = self._functions()
        return Toolbox(_bound(name, functions[name]) for name in TOOLS[self.work.agent])

    def _functions(self) -> dict[str, Callable[..., Awaitable[object]]]:
        functions: dict[str, Callable[..., Awaitable[object]]] = {
            "TransferToNavegante": self.to_navegante,
            "TransferToOperador": self.to_operador,
            "TransferToConfirmador": self.to_confirmador,
            "TransferToHuman": self.to_human,
            "LookupService": self.look_up,
            "CancelService": self.cancel,
            "ValidateAddress": self.validate_address,
            "CheckZone": self.check_zone,
            "SetPayment": self.set_payment,
            "SetFeatures": self.set_features,
            "EstimateFare": self.estimate_fare,
            "ShowSummary": self.show_summary,
            "DispatchToBackend": self.dispatch,
        }
        return functions

    # Handoffs

    async def to_navegante(self) -> str:
        """Pasa la conversación a quien toma y valida la dirección, desde el próximo mensaje."""
        self.work.handoff = "NAVEGANTE"
        return TRANSFERRED

    async def to_operador(self) -> str:
        """Pasa la conversación a quien toma el pago y las preferencias, desde el próximo mensaje."""
        if not self.work.slots.destination.is_complete:
            raise ToolError(f"Todavía falta {missing_words(self.work.slots.missing)}.")
        self.work.handoff = "OPERADOR"
        return TRANSFERRED

    async def to_confirmador(self) -> str:
        """Pasa la conversación a quien confirma el servicio, desde el próximo mensaje."""
        if self.work.slots.missing not in ("features", "confirmation"):
            raise ToolError(f"Todavía falta {missing_words(self.work.slots.missing)}.")
        self.work.slots = attrs.evolve(self.work.slots, features_settled=True)
        self.work.handoff = "CONFIRMADOR"
        return TRANSFERRED

    async def to_human(self, reason: Text = "") -> str:
        """Anota que la persona quiere hablar con un asesor humano, que la llamará."""
        work = self.work
        try:
            await work.services.threads.ask_person(work.thread, work.slots.phone, reason or "lo pidió")
        except StorageError:
            raise ToolError("No se pudo anotar la solicitud.") from None
        work.wants_person = work.slots.phone is None
        return TRANSFERRED

    # Services under way

    async def look_up(self) -> str:
        """Consulta los servicios activos de la persona."""
        if not self.work.active:
            return "No hay servicios activos."
        return "\n".join(_described(one) for one in self.work.active)

    async def cancel(self, reason: Text = "", reference: Text = "") -> str:
        """Cancela el pedido en curso o, si no lo hay, un servicio activo; sin referencia, el más reciente."""
        work = self.work
        if not reference and not work.slots.is_empty:
            work.dropped = True
            return "El pedido en curso quedó cancelado; no se había enviado ningún taxi."
        found = [one for one in work.active if reference in ("", one.reference)]
        if not found:
            raise ToolError("No hay un servicio activo que cancelar.")
        return await self._at_desk(lambda: self._call_back(found[0], reason or "lo pidió la persona"))

    async def _call_back(self, booking: Booking, reason: str) -> str:
        services = self.work.services
        if booking.reference is not None:
            await services.backend.cancel(booking.reference)
        await services.bookings.cancel(booking.id, reason)
        self.work.active = tuple(one for one in self.work.active if one.id != booking.id)
        return f"Servicio {booking.reference} cancelado."

    # The order

    async def validate_address(
        self, address: Text, neighbourhood: Text = "", municipality: Text = "", is_pickup: bool = False
    ) -> str:
        """Valida una dirección colombiana y su zona, y la anota en el pedido como destino o como lugar de recogida."""
        said = ", ".join(part for part in (address, neighbourhood, municipality) if part)
        place = first_fill(said, self.work.services.gazetteer).destination
        slots = self.work.slots
        known = slots.pickup if is_pickup else slots.destination
        if not place.is_empty and place.text not in known.text:
            slots = attrs.evolve(slots, pickup=place) if is_pickup else attrs.evolve(slots, destination=place)
            self.work.slots = slots
        return _validated(slots.pickup if is_pickup else slots.destination)

    async def check_zone(self, place: Text) -> str:
        """Dice en qué zona queda un barrio, un sitio o un municipio, y si se presta el servicio allí."""
        spots = [spot for found in self.work.services.gazetteer.find(place) for spot in found.spots]
        if not spots:
            spots = list(self.work.services.gazetteer.closest(place))
        if not spots:
            return f"{place} no está en la tabla de zonas."
        if spots[0].zone is None:
            return f"{spots[0].name} está fuera de la zona de servicio."
        return "; ".join(f"{spot.name}: {spot.zone}, sector {spot.sector or 'sin precisar'}" for spot in spots)

    async def set_payment(
        self, method: Literal["efectivo", "nequi", "daviplata", "datáfono", "tarjeta", "transferencia"]
    ) -> str:
        """Anota la forma de pago."""
        payment: Payment = method
        self.work.slots = attrs.evolve(self.work.slots, payment=payment)
        return f"Pago: {written(payment)}."

    async def set_features(self, features: list[Text], observation: Text = "") -> str:
        """Anota las preferencias de la persona, ninguna si la lista está vacía, y una observación para el conductor."""
        wished = [one for one in FEATURES if any(one == each or one in find_features(each)[0] for each in features)]
        self.work.slots = attrs.evolve(
            self.work.slots,
            features=tuple(wished),
            features_settled=True,
            observation=observation[:LONGEST_OBSERVATION] or self.work.slots.observation,
        )
        return f"Preferencias: {', '.join(wished) or 'ninguna'}."

    async def estimate_fare(self) -> str:
        """Consulta en la tabla la tarifa del pedido en curso."""
        work = self.work
        fare = fare_of(work.slots, work.services.fares, work.services.gazetteer)
        if fare is None:
            raise ToolError("Falta saber en qué zona queda el destino.")
        return f"{fare.text}{', estimada: falta el lugar de recogida' if fare.is_estimate else ''}"

    async def show_summary(self) -> str:
        """Resume el pedido en curso."""
        order = self._order()
        return summary(order) if order is not None else f"Falta {missing_words(self.work.slots.missing)}."

    async def dispatch(self) -> str:
        """Envía el taxi; solo cuando la persona confirmó el resumen."""
        order = self._order()
        if order is None:
            raise ToolError(f"Todavía falta {missing_words(self.work.slots.missing)}.")
        return await self._at_desk(lambda: self._send(order))

    def _order(self) -> Order | None:
        return make_order(self.work.slots, self.work.services.fares, self.work.services.gazetteer)

    async def _send(self, order: Order) -> str:
        work, services = self.work, self.work.services
        number = work.thread.bookings + 1
        booking = await services.bookings.place(work.thread.id, number, work.thread.user_id, order)
        if booking.reference is None:
            reference = await services.backend.dispatch(booking, f"{work.thread.id}/{number}")
            booking = await services.bookings.dispatched(booking, services.backend.name, reference)
        work.dispatched = booking
        # here, too, since the turn may be gone by now
        await services.threads.append(work.thread.id, [], write_state(work.state))
        return f"Servicio {booking.reference} enviado. Tarifa {pesos(booking.fare)}."

    async def _at_desk(self, job: Job) -> str:
        """Do what must not be broken off; it is recorded even when the turn has gone."""
        try:
            return await self.work.services.desk.run(str(self.work.thread.id), job, self._record_late)
        except DispatchRefused:
            raise ToolError("La central no aceptó la solicitud.") from None
        except DispatchError:
            raise ToolError("La central no responde en este momento; no se sabe de ningún taxi enviado.") from None
        except (StorageError, DeskFull, TimeoutError):
            raise ToolError("No se pudo registrar; hay que intentarlo de nuevo.") from None

    async def _record_late(self, result: str) -> None:
        message = ThreadMessage(
            role="assistant", agent=self.work.agent, content=f"({result})", at=self.work.services.now()
        )
        await self.work.services.threads.append(self.work.thread.id, [message])


def _bound(name: str, function: Callable[..., Awaitable[object]]) -> ToolSpec:
    """A tool of one turn; what does not differ from turn to turn is made once."""
    made, parameters = _made(name, getattr(function, "__func__", function))

    async def invoke(arguments: Mapping[str, object]) -> object:
        return await function(**parameters.read(arguments))

    return attrs.evolve(made, invoke=invoke)


@cache
def _made(name: str, function: Callable[..., Awaitable[object]]) -> tuple[ToolSpec, Parameters]:
    told = partial(function, self=None)
    made = make_tool(told, name=name, timeout=TIME_LIMIT if name in SLOW else SHORT)
    return made, Parameters.of(told)


def _validated(place: Place) -> str:
    if place.outside is not None:
        return f"{place.outside} está fuera de la zona de servicio."
    if place.is_empty:
        return "No se reconoce una dirección."
    exact = "completa" if place.is_exact else "incompleta"
    where = f"zona {place.zone}" if place.zone is not None else "zona sin precisar"
    sector = f", sector {place.sector}" if place.sector not in (None, place.zone) else ""
    return f"{place.text} ({exact}; {where}{sector})"


def _described(booking: Booking) -> str:
    fare = pesos(booking.fare)
    return f"{booking.reference}: a {booking.destination}, {fare}, pago {payment_words(booking.payment)}, en camino"
