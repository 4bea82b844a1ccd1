"""From specifications to cells."""

from __future__ import annotations

from .actor import ChildSpec, DynamicSupervisor, Supervisor
from .cell import Cell, Parent
from .children import ActorCell, ServiceCell
from .core import Core
from .dynamic import DynamicCell
from .ordered import OrderedCell
from .snapshot import Kind


def make_cell(core: Core, parent: Parent, spec: ChildSpec) -> Cell:
    """The cell that fits the specification; nothing runs yet."""
    start = spec.start
    if isinstance(start, Supervisor):
        return OrderedCell(core, parent, spec, start, make_cell)
    if isinstance(start, DynamicSupervisor):
        return DynamicCell(core, parent, spec, start, make_cell)
    return (ServiceCell if spec.kind is Kind.SERVICE else ActorCell)(core, parent, spec)
