"""Cells of dynamic supervisors: children that come and go, at a cost that does not depend on their number."""

from __future__ import annotations

from .actor import ChildSpec, DynamicSupervisor
from .cell import Cell, End, Parent
from .core import Core
from .errors import SupervisorFull
from .policy import Restart
from .snapshot import Kind
from .supervision import MakeCell, SupervisorCell


class DynamicCell(SupervisorCell):
    """Any number of children up to a limit, started in their starters' own time and stopped all at once."""

    __slots__ = ("_max_children", "_stuck")

    kind = Kind.DYNAMIC_SUPERVISOR
    default_restart = Restart.TEMPORARY

    def __init__(
        self, core: Core, parent: Parent, spec: ChildSpec, policy: DynamicSupervisor, make_cell: MakeCell
    ) -> None:
        super().__init__(core, parent, spec, policy, make_cell)
        self._max_children = policy.max_children
        self._stuck: frozenset[Cell] = frozenset()

    def label(self, child: str) -> str:
        """Children come and go: one place for all of them."""
        return "*"

    def adopt(self, spec: ChildSpec) -> Cell:
        """Take in a new child if there is room."""
        if len(self.children) >= self._max_children:
            raise SupervisorFull(self.path, self._max_children)
        return super().adopt(spec)

    def _begin(self) -> None:
        super()._begin()
        self.became_ready()

    def _halt_all(self) -> None:
        for child in tuple(self.children.values()):
            child.stop()

    def _step(self) -> None:
        if self._winding and self.live and len(self.children) <= len(self._stuck):
            self.incarnation_over(self._outcome)

    def child_stuck(self, child: Cell) -> None:
        """Remember it, so that the end of the others is the end."""
        self._stuck |= {child}
        super().child_stuck(child)

    def _drop(self, child: Cell, end: End) -> None:
        if self._stuck:
            self._stuck -= {child}
        super()._drop(child, end)
