"""The applications that a server has: one more is a folder in `apps`, a part here, and its line in `PARTS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from smarthealth.actors import ChildSpec
from smarthealth.conversation.application import Application

from .doctor import DoctorPart
from .records import RecordsPart
from .support import SupportPart
from .taxi import TaxiPart
from .workspace import WorkspacePart
from .world import World


class Part(Protocol):
    """One application, put together from what the children of the process open."""

    def children(self) -> Sequence[ChildSpec]:
        """What it needs besides storage, models and index; started before the server."""
        ...

    def application(self) -> Application:
        """The application itself; asked for at each start of the server, when all else is open."""
        ...


PARTS: Final[Mapping[str, Callable[[World], Part]]] = {
    "records": RecordsPart,
    "doctor": DoctorPart,
    "taxi": TaxiPart,
    "workspace": WorkspacePart,
    "support": SupportPart,
}
"""By name, as `--listen` has it; the first needs no prefix on the main port."""
