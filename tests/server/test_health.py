"""How the parts are."""

from __future__ import annotations

import structlog
import trio

from smarthealth.server.health import HealthChecks


async def works() -> None:
    """A part that is well."""


async def fails() -> None:
    """A part that is not."""
    raise OSError("postgres://user:password@host")


async def hangs() -> None:
    """A part that does not answer."""
    await trio.sleep_forever()


async def test_every_part_is_asked_at_once_within_its_time(autojump_clock: object) -> None:
    """One that fails or hangs does not keep the others from answering, nor say why to the world."""
    checks = HealthChecks({"index": works, "database": fails, "model": hangs}, 2.0, lambda: False)
    started = trio.current_time()
    with structlog.testing.capture_logs() as lines:
        health = await checks.look()
    assert trio.current_time() - started == 2.0
    assert [(name, part.status) for name, part in health.parts.items()] == [
        ("index", "ok"),
        ("database", "failed"),
        ("model", "timeout"),
    ]
    assert (health.status, health.good) == ("failed", False)
    assert "password" not in repr(health) + repr(lines)


async def test_answer_is_good_for_a_second(autojump_clock: object) -> None:
    """However many ask, a part is asked once a second."""
    asked = 0

    async def count() -> None:
        nonlocal asked
        asked += 1
        await trio.sleep(0.1)

    checks = HealthChecks({"database": count}, 2.0, lambda: False)
    async with trio.open_nursery() as nursery:
        for _ in range(5):
            nursery.start_soon(checks.look)
    assert asked == 1
    await trio.sleep(1)
    assert (await checks.look()).good
    assert asked == 2


async def test_server_that_goes_away_is_not_good() -> None:
    """Draining, it should get no new clients, however well its parts are."""
    draining = False
    checks = HealthChecks({"index": works}, 2.0, lambda: draining)
    assert (await checks.look()).status == "ok"
    draining = True
    health = await checks.look()
    assert (health.status, health.good) == ("draining", False)
