from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

import attrs
import pytest
import trio
import trio.testing
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from smarthealth.storage import pool as pool_module
from smarthealth.storage.errors import (
    Conflict,
    PoolClosed,
    PoolExhausted,
    StatementTimeout,
    StorageError,
    StorageUnavailable,
)
from smarthealth.storage.pool import Pool, open_pool
from smarthealth.storage.postgres import Connection

SLEEPING = """
select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'
"""


@attrs.frozen(kw_only=True)
class Pair:
    x: int
    y: str


@pytest.fixture
async def table(pool: Pool) -> Pool:
    """A pool whose database has a table of pairs."""
    await pool.execute("create table pair (x int primary key, y text not null)")
    await pool.execute_many("insert into pair values (%s, %s)", [(number, f"y{number}") for number in range(1000)])
    return pool


async def cut_others(dsn: str) -> None:
    """End every connection to the database, as a restart of the server does."""
    async with await psycopg_connect(dsn) as observer:
        await observer.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )


async def psycopg_connect(dsn: str) -> Any:
    """A connection that is no pool's."""
    return await Connection[Any].connect(dsn, autocommit=True)


class TestStatements:
    async def test_rows(self, table: Pool) -> None:
        """Rows come as tuples or as instances of a class, all or the first."""
        wanted = "select x, y from pair where x < %s order by x"
        assert await table.fetch(wanted, [2]) == [(0, "y0"), (1, "y1")]
        assert await table.fetch_one(wanted, [2]) == (0, "y0")
        assert await table.fetch_one(wanted, [0]) is None
        assert await table.fetch_as(Pair, wanted, [2]) == [Pair(x=0, y="y0"), Pair(x=1, y="y1")]
        assert await table.fetch_one_as(Pair, wanted, [2]) == Pair(x=0, y="y0")
        assert await table.fetch_one_as(Pair, wanted, [0]) is None

    async def test_rows_touched(self, table: Pool) -> None:
        """`execute` counts the rows it touched."""
        assert await table.execute("delete from pair where x < 10") == 10

    async def test_many_are_all_or_nothing(self, table: Pool) -> None:
        """If one of many rows is refused, none took effect."""
        with pytest.raises(Conflict):
            await table.execute_many("insert into pair values (%s, 'new')", [(5000,), (1,)])
        assert await table.fetch("select * from pair where x = 5000") == []

    async def test_a_stream_is_read_in_parts(self, table: Pool) -> None:
        """A stream gives rows in order, may be left in the middle, and its connection goes back to the pool."""
        got = []
        async with table.open_stream("select x from pair order by x", batch=10) as rows:
            async for row in rows:
                got.append(row)
                if len(got) == 25:
                    break
        assert got == [(number,) for number in range(25)]
        assert table.statistics().idle == 1

    async def test_a_transaction(self, table: Pool) -> None:
        """A transaction takes effect as a whole or not at all."""
        async with table.transaction() as connection:
            await connection.execute("delete from pair where x = 1")

        async def fail() -> None:
            async with table.transaction() as connection:
                await connection.execute("delete from pair where x = 2")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fail()
        assert await table.fetch("select x from pair where x in (1, 2)") == [(2,)]


class TestBorrowing:
    async def test_the_last_one_back_is_the_first_out(self, pool: Pool) -> None:
        """Connections are opened only when needed, and the most recently used one is used again."""
        assert pool.statistics().opened == 0
        async with pool.connection() as first, pool.connection() as second:
            assert pool.statistics().in_use == 2
        async with pool.connection() as again:
            assert again is first
            assert again is not second
        statistics = pool.statistics()
        assert (statistics.opened, statistics.idle, statistics.in_use, statistics.discarded) == (2, 2, 0, 0)

    async def test_callers_wait_until_their_own_deadline(self, dsn: str) -> None:
        """With every connection in use a caller waits, as long as its own deadline lets it."""
        async with open_pool(dsn, size=1) as pool, pool.connection():
            with trio.move_on_after(0.01) as scope:
                await pool.fetch("select 1")
            assert scope.cancelled_caught
            assert pool.statistics().waiting == 0

    async def test_callers_are_served_in_order(self, dsn: str) -> None:
        """Who waits gets a connection as one comes back, first come first served."""
        served: list[int] = []
        async with open_pool(dsn, size=1) as pool, trio.open_nursery() as nursery:

            async def ask(number: int) -> None:
                async with pool.connection():
                    served.append(number)

            async with pool.connection():
                for number in range(5):
                    nursery.start_soon(ask, number)
                    await trio.testing.wait_all_tasks_blocked()
                assert pool.statistics().waiting == 5
        assert served == [0, 1, 2, 3, 4]

    async def test_too_many_waiting_callers_are_refused(self, dsn: str) -> None:
        """Past the limit of waiting callers one more is refused at once."""
        async with (
            open_pool(dsn, size=1, waiting_limit=1) as pool,
            trio.open_nursery() as nursery,
            pool.connection(),
        ):
            nursery.start_soon(pool.fetch, "select 1")
            await trio.testing.wait_all_tasks_blocked()
            with pytest.raises(PoolExhausted):
                await pool.fetch("select 1")

    async def test_a_connection_left_in_a_transaction_is_closed(self, pool: Pool) -> None:
        """Nobody gets a connection that another left in the middle of something."""
        async with pool.connection() as connection:
            await connection.execute("begin")
        async with pool.connection() as connection:
            await connection.set_autocommit(False)
        assert pool.statistics().discarded == 2
        assert pool.statistics().idle == 0

    async def test_an_old_connection_is_replaced(self, dsn: str) -> None:
        """A connection past its age is not given out again, nor kept when it comes back."""
        async with open_pool(dsn, max_age=0) as pool:
            await pool.fetch("select 1")
            await pool.fetch("select 1")
            assert pool.statistics().opened == 2
            assert pool.statistics().idle == 0

    async def test_an_idle_connection_ages_too(self, dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """A connection that expired while it rested is passed over."""
        async with open_pool(dsn) as pool:
            await pool.fetch("select 1")
            later = trio.current_time() + pool_module.DEFAULT_MAX_AGE
            monkeypatch.setattr(trio, "current_time", lambda: later)
            await pool.fetch("select 1")
        assert pool.statistics().opened == 2


class TestTrouble:
    async def test_an_unreachable_server(self) -> None:
        """A server that is not there is `StorageUnavailable`, and so again at the next call."""
        async with open_pool("host=127.0.0.1 port=1 user=nobody") as pool:
            for _ in range(2):
                with pytest.raises(StorageUnavailable, match="port 1"):
                    await pool.fetch("select 1")
            assert pool.statistics().in_use == 0

    async def test_idle_connections_that_were_cut_are_not_noticed_by_callers(self, pool: Pool, dsn: str) -> None:
        """After a restart of the server the next statement simply works, on a new connection."""
        async with pool.connection(), pool.connection(), pool.connection():
            pass
        assert pool.statistics().idle == 3
        await cut_others(dsn)
        assert await pool.fetch("select 1") == [(1,)]
        assert pool.statistics().discarded == 3

    async def test_a_statement_that_is_cut_fails_once(self, pool: Pool, dsn: str) -> None:
        """Who was in the middle of a statement gets one `StorageUnavailable`; the next statement works."""
        async with trio.open_nursery() as nursery:

            async def ask() -> None:
                with pytest.raises(StorageUnavailable):
                    await pool.fetch("select pg_sleep(60)")
                assert await pool.fetch("select 1") == [(1,)]

            nursery.start_soon(ask)
            nursery.start_soon(ask)
            while await pool.fetch(SLEEPING) != [(2,)]:
                await trio.lowlevel.checkpoint()
            await cut_others(dsn)
        assert pool.statistics().in_use == 0

    async def test_a_wire_that_is_cut_without_a_word(self, wire: Any) -> None:
        """A connection that the network cut is found out before it is used."""
        async with open_pool(wire.dsn) as pool:
            await pool.fetch("select 1")
            await wire.cut()
            assert await pool.fetch("select 1") == [(1,)]
            assert pool.statistics().opened == 2

    async def test_cancelling_keeps_the_connection(self, pool: Pool) -> None:
        """A cancelled caller's connection goes back to the pool, at rest."""
        with trio.move_on_after(0.02) as scope:
            await pool.fetch("select pg_sleep(60)")
        assert scope.cancelled_caught
        assert await pool.fetch("select 1") == [(1,)]
        assert pool.statistics().opened == 1

    async def test_a_storm_of_cancellations(self, pool: Pool) -> None:
        """Whenever callers are cancelled, no slot is lost and no connection left in the middle of something."""
        async with trio.open_nursery() as nursery:

            async def ask(number: int) -> None:
                with trio.move_on_after(number / 4000):
                    async with pool.transaction() as connection:
                        await connection.execute("select pg_sleep(0.005)")

            for number in range(100):
                nursery.start_soon(ask, number)
        assert pool.statistics().in_use == 0
        async with AsyncExitStack() as stack:
            for _ in range(4):
                connection = await stack.enter_async_context(pool.connection())
                assert connection.is_usable()

    async def test_a_statement_that_takes_too_long(self, dsn: str) -> None:
        """The server gives up a statement after the limit."""
        async with open_pool(dsn, statement_timeout=0.01) as pool:
            with pytest.raises(StatementTimeout):
                await pool.fetch("select pg_sleep(60)")


class TestClosing:
    async def test_a_closed_pool_refuses(self, dsn: str) -> None:
        """After the pool was closed borrowed connections are closed as they come back, and nobody gets another."""
        async with open_pool(dsn, size=1) as pool, trio.open_nursery() as nursery:

            async def wait() -> None:
                with pytest.raises(PoolClosed):
                    await pool.fetch("select 1")

            async with pool.connection() as connection:
                nursery.start_soon(wait)
                await trio.testing.wait_all_tasks_blocked()
                pool.close()
            assert connection.closed
        with pytest.raises(PoolClosed):
            await pool.fetch("select 1")

    async def test_idle_connections_are_closed(self, dsn: str) -> None:
        """Leaving the pool's block closes what rests in it."""
        async with open_pool(dsn) as pool, pool.connection() as connection:
            pass
        assert connection.closed


class TestConnectionString:
    async def test_defaults(self, pool: Pool) -> None:
        """Every connection speaks UTC, has a limit for statements and a name."""
        assert await pool.fetch_one(
            "select current_setting('TimeZone'), current_setting('statement_timeout'), current_setting('application_name')"
        ) == ("UTC", "1min", "smarthealth")

    async def test_what_is_given_wins(self, dsn: str) -> None:
        """The connection string's own settings are kept."""
        own = make_conninfo(dsn, options="-c statement_timeout=7s", application_name="own")
        async with open_pool(own) as pool:
            assert await pool.fetch_one(
                "select current_setting('statement_timeout'), current_setting('application_name')"
            ) == ("7s", "own")

    async def test_nonsense_is_refused(self) -> None:
        """A connection string that is none is refused when the pool is opened."""
        with pytest.raises(StorageError):
            async with open_pool("postgresql://["):
                pass

    def test_a_password_with_spaces_survives(self) -> None:
        """Values are quoted as libpq wants them."""
        dsn = make_conninfo("", password="it's \\ a secret", host="h")
        known = conninfo_to_dict(pool_module._with_defaults(dsn, connect_timeout=1, statement_timeout=1))
        assert known["password"] == "it's \\ a secret"
        assert known["connect_timeout"] == "2"
