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
    if spec.kind is Kind.ACTOR:
        return ActorCell(core, parent, spec)
    if spec.kind is Kind.SERVICE:
        return ServiceCell(core, parent, spec)
    start = spec.start
    if isinstance(start, Supervisor):
        return OrderedCell(core, parent, spec, start, make_cell)
    assert isinstance(start, DynamicSupervisor)
    return DynamicCell(core, parent, spec, start, make_cell)
