from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, cast

import psycopg
import pytest
import trio
from psycopg import capabilities, pq
from psycopg.adapt import AdaptersMap
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row

from smarthealth.storage import postgres
from smarthealth.storage.postgres import Connection, Cursor

IDLE = pq.TransactionStatus.IDLE


async def fetch(connection: Connection[Any], sql: str) -> list[Any]:
    """All rows of a statement."""
    return await (await connection.execute(sql)).fetchall()


async def statements_of(dsn: str, pid: int) -> list[str]:
    """What a backend is executing at this moment, asked over another connection."""
    async with await Connection[Any].connect(dsn, autocommit=True) as observer:
        rows = await fetch(
            observer,
            f"select query from pg_stat_activity where pid = {pid} and state = 'active' and wait_event is not null",
        )
    return [row[0] for row in rows]


async def until_running(dsn: str, pid: int) -> None:
    """Wait until a backend executes something."""
    while not await statements_of(dsn, pid):
        await trio.lowlevel.checkpoint()


async def until_ended(dsn: str, pid: int) -> None:
    """Wait until a backend executes nothing: it ends when it has read that it shall."""
    with trio.fail_after(10):
        while await statements_of(dsn, pid):
            await trio.lowlevel.checkpoint()


async def keep_silent(stream: trio.SocketStream) -> None:
    """Accept and say nothing."""
    await trio.sleep_forever()


class TestConnecting:
    async def test_arguments_shape_the_connection(self, dsn: str) -> None:
        """Row factory, cursor class, adapters and preparation are taken as psycopg takes them."""

        class Named(Cursor[Any]):
            __slots__ = ()

        context = AdaptersMap(psycopg.adapters)
        connection: Connection[Any] = await Connection.connect(
            dsn,
            row_factory=dict_row,
            cursor_factory=Named,
            context=cast(Any, type("Context", (), {"adapters": context, "connection": None})()),
            prepare_threshold=None,
            application_name="named",
        )
        async with connection:
            assert await fetch(connection, "select current_setting('application_name') as name") == [{"name": "named"}]
            assert isinstance(connection.cursor(), Named)
            assert connection.prepare_threshold is None

    async def test_every_address_is_tried(self, dsn: str) -> None:
        """A host that refuses is passed over for the next one."""
        right = conninfo_to_dict(dsn)
        hosts = make_conninfo(dsn, host=f"127.0.0.1,{right['host']}", port=f"1,{right.get('port', 5432)}")
        async with await Connection[Any].connect(hosts) as connection:
            assert await fetch(connection, "select 1") == [(1,)]

    async def test_refusals_are_all_told(self) -> None:
        """When no address answers, the error tells of each."""
        with pytest.raises(psycopg.OperationalError, match=r"port 1 .*; .*port 2 "):
            await Connection.connect("host=127.0.0.1,127.0.0.1 port=1,2 user=nobody")

    async def test_a_silent_address_is_given_up(self, autojump_clock: trio.testing.MockClock) -> None:
        """An address that accepts and says nothing costs `connect_timeout` seconds and no more."""
        async with trio.open_nursery() as nursery:
            listeners = await nursery.start(trio.serve_tcp, keep_silent, 0)
            port = listeners[0].socket.getsockname()[1]
            started = trio.current_time()
            with pytest.raises(psycopg.OperationalError, match="within 3 s"):
                await Connection.connect(f"host=127.0.0.1 port={port} connect_timeout=3 user=nobody")
            assert trio.current_time() - started == 3
            nursery.cancel_scope.cancel()


class TestCancelling:
    async def test_the_statement_is_cancelled_on_the_server(self, connection: Connection[Any], dsn: str) -> None:
        """A cancelled scope ends the statement on the server and leaves the connection usable."""
        pid = connection.info.backend_pid
        async with trio.open_nursery() as nursery:
            nursery.start_soon(connection.execute, "select pg_sleep(60)")
            await until_running(dsn, pid)
            nursery.cancel_scope.cancel()
        assert await statements_of(dsn, pid) == []
        assert connection.info.backend_pid == pid
        assert await fetch(connection, "select 1") == [(1,)]

    async def test_what_would_come_next_is_not_sent(self, connection: Connection[Any], dsn: str) -> None:
        """A statement interrupted while it is being prepared is not executed afterwards."""
        async with await Connection[Any].connect(dsn, autocommit=True) as other:
            await connection.execute("begin; lock table t in access exclusive mode")
            async with trio.open_nursery() as nursery:
                # parsing needs the table, which is locked
                nursery.start_soon(lambda: other.execute("insert into t values (1)", prepare=True))
                await until_running(dsn, other.info.backend_pid)
                nursery.cancel_scope.cancel()
            await connection.execute("commit")
            assert other.info.transaction_status == IDLE
        assert await fetch(connection, "select * from t") == []

    async def test_a_server_that_does_not_answer_costs_the_connection(
        self, wire: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """If the server cannot be told to stop, the connection is closed after a limit."""
        monkeypatch.setattr(postgres, "CANCEL_LIMIT", 0.05)
        connection: Connection[Any] = await Connection.connect(wire.dsn, autocommit=True)
        wire.freeze()
        with trio.move_on_after(0.01):
            await connection.execute("select 1")
        assert connection.closed

    async def test_a_server_that_takes_no_request_costs_the_connection(self, wire: Any) -> None:
        """If asking the server to stop fails, the cancellation goes on and the connection is closed."""
        connection: Connection[Any] = await Connection.connect(wire.dsn, autocommit=True)
        await wire.refuse()
        with trio.move_on_after(0.01) as scope:
            await connection.execute("select pg_sleep(1)")
        assert scope.cancelled_caught
        assert connection.closed

    async def test_cancel_without_a_statement_does_nothing(self, connection: Connection[Any]) -> None:
        """Cancelling an idle or a closed connection is allowed."""
        await connection.cancel_safe()
        assert await fetch(connection, "select 1") == [(1,)]
        connection.abandon()
        await connection.cancel_safe()

    async def test_cancel_tells_of_its_limit(self, wire: Any) -> None:
        """A request to cancel that is not taken in time raises psycopg's error for that."""
        connection: Connection[Any] = await Connection.connect(wire.dsn, autocommit=True)
        wire.freeze()
        with pytest.raises(psycopg.errors.CancellationTimeout):
            await connection.cancel_safe(timeout=0.01)
        connection.abandon()

    async def test_an_old_libpq_cancels_in_a_thread(
        self, connection: Connection[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Without libpq's newer way to cancel the older one is used."""
        monkeypatch.setattr(capabilities, "has_cancel_safe", lambda: False)
        with trio.move_on_after(0.02) as scope:
            await connection.execute("select pg_sleep(60)")
        assert scope.cancelled_caught
        assert await fetch(connection, "select 1") == [(1,)]


class TestTransactions:
    async def test_it_is_committed_at_the_end(self, connection: Connection[Any]) -> None:
        """A block that ends commits, a nested one makes a savepoint."""
        async with connection.transaction():
            await connection.execute("insert into t values (1)")
            with pytest.raises(ZeroDivisionError):  # noqa: PT012 # the whole block is what is tested
                async with connection.transaction():
                    await connection.execute("insert into t values (2)")
                    raise ZeroDivisionError
        assert await fetch(connection, "select x from t") == [(1,)]

    async def test_it_is_rolled_back_by_an_exception(self, connection: Connection[Any]) -> None:
        """An exception undoes the block and goes on."""
        with pytest.raises(ZeroDivisionError):  # noqa: PT012 # the whole block is what is tested
            async with connection.transaction():
                await connection.execute("insert into t values (1)")
                raise ZeroDivisionError
        assert await fetch(connection, "select x from t") == []
        assert connection.info.transaction_status == IDLE

    async def test_it_is_rolled_back_by_cancellation(self, connection: Connection[Any]) -> None:
        """A cancelled block is undone although everything it awaits is cancelled too."""
        with trio.CancelScope() as scope:
            async with connection.transaction():
                await connection.execute("insert into t values (1)")
                scope.cancel()
                await connection.execute("select pg_sleep(60)")
        assert connection.info.transaction_status == IDLE
        assert await fetch(connection, "select x from t") == []

    async def test_it_is_committed_in_a_cancelled_scope(self, connection: Connection[Any]) -> None:
        """A block that reached its end is committed also when it was cancelled just then."""
        with trio.CancelScope() as scope:
            async with connection.transaction():
                await connection.execute("insert into t values (1)")
                scope.cancel()
        assert await fetch(connection, "select x from t") == [(1,)]

    @pytest.fixture
    async def hasty(self, wire: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Connection[Any]]:
        """A connection that waits for the ends of things for a moment only."""
        monkeypatch.setattr(postgres, "ENDING_LIMIT", 0.02)
        monkeypatch.setattr(postgres, "CANCEL_LIMIT", 0.02)
        connection: Connection[Any] = await Connection.connect(wire.dsn, autocommit=True)
        yield connection
        assert connection.closed

    async def test_a_commit_without_an_answer_is_an_error(self, wire: Any, hasty: Connection[Any]) -> None:
        """When COMMIT is not answered within the limit the caller is told, and the connection is closed."""
        with pytest.raises(psycopg.OperationalError, match="no answer to COMMIT"):
            async with hasty.transaction():
                wire.freeze()

    async def test_a_blocks_commit_without_an_answer_is_an_error(self, wire: Any, hasty: Connection[Any]) -> None:
        """So it is when the connection's own block commits."""
        with pytest.raises(psycopg.OperationalError, match="no answer to COMMIT"):  # noqa: PT012 # as above
            async with hasty:
                await hasty.execute("begin")
                wire.freeze()

    @pytest.mark.parametrize("end", ["commit", "rollback"])
    async def test_an_explicit_end_without_an_answer_is_an_error(
        self, end: str, wire: Any, hasty: Connection[Any]
    ) -> None:
        """So it is when the caller commits or rolls back itself."""
        await hasty.execute("begin")
        wire.freeze()
        with pytest.raises(psycopg.OperationalError, match=f"no answer to {end.upper()}"):
            await getattr(hasty, end)()

    async def test_a_pipelines_end_without_an_answer_is_an_error(self, wire: Any, hasty: Connection[Any]) -> None:
        """So it is at the end of a pipeline."""
        with pytest.raises(psycopg.OperationalError, match="no answer to a pipeline"):  # noqa: PT012 # as above
            async with hasty.pipeline():
                await hasty.execute("select 1")
                wire.freeze()

    async def test_a_cursor_that_cannot_be_closed_costs_the_connection(self, wire: Any, hasty: Connection[Any]) -> None:
        """A cursor on the server that is not closed within the limit is given up with its connection."""
        await hasty.execute("begin")
        async with hasty.cursor("parts") as cursor:
            await cursor.execute("select 1")
            wire.freeze()
        assert cursor.closed

    async def test_a_rollback_without_an_answer_hides_nothing(self, wire: Any, hasty: Connection[Any]) -> None:
        """When ROLLBACK is not answered within the limit, the exception that caused it goes on."""
        with pytest.raises(ZeroDivisionError):  # noqa: PT012 # the whole block is what is tested
            async with hasty.transaction():
                wire.freeze()
                raise ZeroDivisionError

    async def test_explicit_ends_are_shielded(self, connection: Connection[Any]) -> None:
        """`commit()` and `rollback()` do their work in a cancelled scope."""
        await connection.set_autocommit(False)
        with trio.CancelScope() as scope:
            await connection.execute("insert into t values (1)")
            scope.cancel()
            await connection.commit()
        with trio.CancelScope() as scope:
            await connection.execute("insert into t values (2)")
            scope.cancel()
            await connection.rollback()
        assert await fetch(connection, "select x from t") == [(1,)]


class TestClosing:
    async def test_a_block_commits_and_closes(self, connection: Connection[Any], dsn: str) -> None:
        """Leaving `async with connection` normally commits, then closes."""
        async with await Connection[Any].connect(dsn) as block:
            await block.execute("create table u (x int)")
        assert block.closed
        assert await fetch(connection, "select * from u") == []

    async def test_a_failed_block_closes(self, connection: Connection[Any], dsn: str) -> None:
        """Leaving `async with connection` by an exception rolls back by closing."""
        with pytest.raises(ZeroDivisionError):  # noqa: PT012 # the whole block is what is tested
            async with await Connection[Any].connect(dsn) as block:
                await block.execute("create table u (x int)")
                raise ZeroDivisionError
        assert block.closed
        assert await fetch(connection, "select to_regclass('u')") == [(None,)]

    async def test_a_closed_connection_may_leave_its_block(self, dsn: str) -> None:
        """A connection closed within its block is not committed."""
        async with await Connection[Any].connect(dsn) as block:
            await block.close()
        assert block.closed

    async def test_who_waits_is_told(self, connection: Connection[Any]) -> None:
        """Closing a connection under a waiting statement ends the statement with an error."""
        async with trio.open_nursery() as nursery:

            async def wait() -> None:
                with pytest.raises(psycopg.OperationalError):
                    await connection.execute("select pg_sleep(60)")

            nursery.start_soon(wait)
            await trio.testing.wait_all_tasks_blocked(0.01)
            connection.abandon()

    async def test_a_cut_is_seen_without_waiting(self, connection: Connection[Any], dsn: str) -> None:
        """A connection that the server ended while it was idle is not usable."""
        assert connection.is_usable()
        async with await Connection[Any].connect(dsn, autocommit=True) as other:
            await fetch(other, f"select pg_terminate_backend({connection.info.backend_pid}, 1000)")
        assert not connection.is_usable()
        assert not connection.is_usable()

    async def test_what_an_idle_server_says_is_no_cut(self, connection: Connection[Any], dsn: str) -> None:
        """A notification that arrives on an idle connection leaves it usable."""
        await connection.execute("listen news")
        async with await Connection[Any].connect(dsn, autocommit=True) as other:
            await other.execute("notify news")
        with trio.fail_after(5):
            await trio.lowlevel.wait_readable(connection.fileno())
        assert connection.is_usable()


class TestLock:
    async def test_tasks_take_turns(self, connection: Connection[Any]) -> None:
        """Two tasks on one connection are served one after the other."""
        answers: list[Any] = []

        async def ask(number: int) -> None:
            answers.extend(await fetch(connection, f"select {number} from pg_sleep(0.01)"))

        async with trio.open_nursery() as nursery:
            for number in range(3):
                nursery.start_soon(ask, number)
        assert sorted(answers) == [(0,), (1,), (2,)]


class TestCopy:
    async def test_rows_in_and_out(self, connection: Connection[Any]) -> None:
        """Many rows go in and come out again, counted."""
        count = 20_000
        async with connection.cursor() as cursor:
            async with cursor.copy("copy t from stdin") as copy:
                for number in range(count):
                    await copy.write_row((number, "ñ" * 20))
            assert cursor.rowcount == count
            async with cursor.copy("copy (select * from t order by x) to stdout") as copy:
                copy.set_types(["int4", "text"])
                rows = [row async for row in copy.rows()]
        assert rows == [(number, "ñ" * 20) for number in range(count)]

    async def test_an_exception_undoes_what_was_written(self, connection: Connection[Any]) -> None:
        """An exception in the block ends the COPY on the server and goes on."""
        with pytest.raises(ZeroDivisionError):  # noqa: PT012 # the whole block is what is tested
            async with connection.cursor() as cursor, cursor.copy("copy t from stdin") as copy:
                await copy.write_row((1, "one"))
                raise ZeroDivisionError
        assert await fetch(connection, "select * from t") == []

    async def test_writing_is_cancelled(self, connection: Connection[Any]) -> None:
        """A COPY that never has to wait is cancelled all the same, and leaves the connection usable."""
        with trio.move_on_after(0.05) as scope:
            async with connection.cursor() as cursor, cursor.copy("copy t from stdin") as copy:
                for number in itertools.count():
                    await copy.write_row((number, "x" * 100))
        assert scope.cancelled_caught
        assert await fetch(connection, "select * from t") == []

    async def test_reading_is_cancelled(self, connection: Connection[Any]) -> None:
        """A reader that leaves in the middle leaves the connection usable."""
        with trio.CancelScope() as scope:
            statement = "copy (select generate_series(1, 10000000)) to stdout"
            async with connection.cursor() as cursor, cursor.copy(statement) as copy:
                await copy.read()
                scope.cancel()
                await trio.lowlevel.checkpoint()
        assert await fetch(connection, "select 1") == [(1,)]

    async def test_starting_is_cancelled(self, connection: Connection[Any], dsn: str) -> None:
        """A COPY cancelled before its first row leaves the connection usable."""
        async with await Connection[Any].connect(dsn, autocommit=True) as other:
            await other.execute("begin; lock table t in access exclusive mode")
            with trio.move_on_after(0.02) as scope:
                async with connection.cursor() as cursor, cursor.copy("copy t from stdin"):
                    pass
            await other.execute("rollback")
        assert scope.cancelled_caught
        assert await fetch(connection, "select * from t") == []


class TestPipeline:
    async def test_many_rows_at_once(self, connection: Connection[Any]) -> None:
        """`executemany` writes every row, also within a pipeline."""
        async with connection.cursor() as cursor:
            await cursor.executemany("insert into t values (%s)", [(number,) for number in range(5000)])
            async with connection.pipeline():
                await cursor.executemany("insert into t values (%s)", [(number,) for number in range(5000, 6000)])
        assert await fetch(connection, "select count(*) from t") == [(6000,)]
        assert connection.is_usable()

    async def test_transactions_and_pipelines_nest(self, connection: Connection[Any]) -> None:
        """A transaction within a pipeline is committed with it."""
        async with connection.pipeline(), connection.transaction(), connection.pipeline():
            await connection.execute("insert into t values (1)")
            await connection.execute("insert into t values (2)")
        assert await fetch(connection, "select count(*) from t") == [(2,)]
        assert connection.is_usable()

    async def test_an_error_is_raised_at_the_end(self, connection: Connection[Any]) -> None:
        """What the server refuses is told when the pipeline is read, and the connection is usable after."""
        with pytest.raises(psycopg.errors.UniqueViolation):  # noqa: PT012 # the whole block is what is tested
            async with connection.pipeline():
                await connection.execute("insert into t values (1)")
                await connection.execute("insert into t values (1)")
        assert connection.is_usable()

    async def test_a_cancelled_statement_costs_the_connection(self, connection: Connection[Any], dsn: str) -> None:
        """Cancelled while waiting, a pipeline's connection is closed and its statement ended on the server."""
        pid = connection.info.backend_pid
        async with trio.open_nursery() as nursery:

            async def run() -> None:
                async with connection.pipeline() as pipeline:
                    await connection.execute("select pg_sleep(60)")
                    await pipeline.sync()

            nursery.start_soon(run)
            await until_running(dsn, pid)
            nursery.cancel_scope.cancel()
        assert connection.closed
        await until_ended(dsn, pid)

    async def test_a_cancelled_block_is_read_to_its_end(self, connection: Connection[Any]) -> None:
        """Cancelled while it does not wait for the server, a pipeline ends in order."""
        with trio.CancelScope() as scope:
            async with connection.pipeline():
                await connection.execute("insert into t values (1)")
                scope.cancel()
                await trio.lowlevel.checkpoint()
        assert connection.is_usable()
        assert await fetch(connection, "select x from t") == [(1,)]


class TestStreams:
    MANY = "select generate_series(1, 1000000)"

    async def test_rows_come_as_they_are_asked_for(self, connection: Connection[Any]) -> None:
        """A stream left in the middle ends its statement, and the connection is usable."""
        async with connection.cursor() as cursor, aclosing(cast(Any, cursor.stream(self.MANY, size=100))) as rows:
            got = [row async for _, row in azip(range(250), rows)]
        assert got[-1] == (250,)
        assert await fetch(connection, "select 1") == [(1,)]

    async def test_a_cancelled_stream_leaves_the_connection_usable(self, connection: Connection[Any]) -> None:
        """A stream is cancelled in the middle of its rows."""
        with trio.CancelScope() as scope:
            async with connection.cursor() as cursor, aclosing(cast(Any, cursor.stream(self.MANY))) as rows:
                async for _ in rows:
                    scope.cancel()
        assert await fetch(connection, "select 1") == [(1,)]

    async def test_a_server_side_cursor(self, connection: Connection[Any]) -> None:
        """A named cursor fetches in parts, and a cancelled one leaves the connection usable."""
        async with connection.transaction(), connection.cursor("parts") as cursor:
            cursor.itersize = 100
            await cursor.execute(self.MANY)
            assert await cursor.fetchmany(3) == [(1,), (2,), (3,)]
            assert [row async for _, row in azip(range(300), cursor)][-1] == (303,)
        with trio.CancelScope() as scope:
            async with connection.transaction(), connection.cursor("parts") as cursor:
                await cursor.execute(self.MANY)
                scope.cancel()
                await cursor.fetchone()
        assert connection.is_usable()

    async def test_notifications(self, connection: Connection[Any], dsn: str) -> None:
        """Notifications arrive while one waits for them, and waiting may be cancelled or end by itself."""
        await connection.execute("listen news")
        async with await Connection[Any].connect(dsn, autocommit=True) as other:
            async with aclosing(connection.notifies()) as notes, trio.open_nursery() as nursery:
                nursery.start_soon(other.execute, "notify news, 'first'")
                assert (await anext(notes)).payload == "first"
            with trio.move_on_after(0.01) as scope:
                async with aclosing(connection.notifies()) as notes:
                    await anext(notes)
            assert scope.cancelled_caught
            assert [note async for note in connection.notifies(timeout=0)] == []
            await other.execute("notify news, 'second'")
            assert [note.payload async for note in connection.notifies(timeout=5, stop_after=1)] == ["second"]
        assert await fetch(connection, "select 1") == [(1,)]


async def azip(numbers: range, rows: Any) -> AsyncIterator[tuple[int, Any]]:
    """The first rows, numbered."""
    for number in numbers:
        yield number, await anext(rows)
