"""What an actor's context asks of the cell that the actor lives in."""

from __future__ import annotations

import pytest

from smarthealth.actors.children import ActorCell, ServiceCell
from smarthealth.actors.host import Host


@pytest.mark.parametrize("cell", [ActorCell, ServiceCell])
def test_cells_with_a_task_offer_it_all(cell: type) -> None:
    """Whatever a context may be asked, an actor's cell and a service's have."""
    asked = {name for name in (*Host.__annotations__, *vars(Host)) if not name.startswith("_")}
    assert "gauges" in asked
    assert asked <= set(dir(cell))
