"""Stages pass items on in order, wait for each other, keep to their time, and end together."""

from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable

import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors.actor import ChildSpec, Context
from smarthealth.actors.errors import ActorStopped, StageTimeout
from smarthealth.actors.pipeline import Line, Pipeline, Stage, StageReport
from smarthealth.actors.snapshot import TaskSnapshot
from smarthealth.actors.system import open_system

Emit = Callable[[object], Awaitable[None]]


async def count_up(stop: int, emit: Emit) -> None:
    """Emit 0 to stop - 1."""
    for number in range(stop):
        await emit(number)


async def pass_on(item: object, emit: Emit) -> None:
    """Emit the item."""
    await emit(item)


async def hang(_item: object, _emit: Emit) -> None:
    """Never end."""
    await trio.sleep_forever()


async def fail(item: object, _emit: Emit) -> None:
    """Raise."""
    raise LookupError(item)


class Out:
    """Collects what a pipeline puts out."""

    def __init__(self) -> None:
        self.items: list[object] = []

    async def put(self, item: object) -> None:
        """Keep it."""
        self.items.append(item)


async def test_items_flow_through_all_stages_in_order() -> None:
    """What the first stage emits comes out of the last in order, and the run returns when all is through."""
    out = Out()
    await Pipeline(stages=(Stage("count", count_up), Stage("pass", pass_on))).run(1000, out.put)
    assert out.items == list(range(1000))


async def test_output_without_a_taker_is_dropped() -> None:
    """A pipeline that only has effects needs no output."""
    await Pipeline(stages=(Stage("count", count_up),)).run(3)


async def test_full_channel_makes_the_stage_before_wait(autojump_clock: MockClock) -> None:
    """A stage runs ahead of the next by no more than the next one's capacity and the item in its hands."""
    emitted: list[int] = []

    async def produce(stop: int, emit: Emit) -> None:
        for number in range(stop):
            await emit(number)
            emitted.append(number)

    async def slow(_item: object, _emit: Emit) -> None:
        await trio.sleep(10)

    pipeline = Pipeline(stages=(Stage("produce", produce), Stage("slow", slow, capacity=4)))
    with trio.move_on_after(5):
        await pipeline.run(100)
    assert len(emitted) == 4 + 1


async def test_first_failure_leaves_as_itself(autojump_clock: MockClock) -> None:
    """The exception of the stage that failed first leaves the run, no group around it, and cancels the others."""
    cancelled: list[bool] = []

    async def hang_and_tell(_item: object, _emit: Emit) -> None:
        try:
            await trio.sleep_forever()
        finally:
            cancelled.append(True)
            raise KeyError("a failure on the way out does not hide the first")

    stages = (Stage("count", count_up), Stage("pass", pass_on), Stage("hang", hang_and_tell))
    with pytest.raises(LookupError) as caught:
        await Pipeline(stages=(*stages[:2], Stage("fail", fail))).run(3)
    assert type(caught.value) is LookupError

    async def fail_later(stop: int, emit: Emit) -> None:
        await emit(stop)
        await trio.sleep(1)
        raise LookupError

    with pytest.raises(LookupError) as caught:
        await Pipeline(stages=(Stage("fail", fail_later), *stages[1:])).run(3)
    assert type(caught.value) is LookupError
    assert cancelled == [True]


@pytest.mark.parametrize("concurrency", [1, 3])
async def test_stage_that_takes_too_long_says_its_name(autojump_clock: MockClock, concurrency: int) -> None:
    """A stage over its time on one item raises `StageTimeout` with its name; time blocked in `emit` counts."""
    begun = trio.current_time()
    blocked = Stage("blocked", count_up, timeout=2, concurrency=concurrency)
    with pytest.raises(StageTimeout) as caught:
        await Pipeline(stages=(blocked, Stage("hang", hang, capacity=1))).run(5)
    assert caught.value.stage == "blocked"
    assert trio.current_time() - begun == pytest.approx(2)


async def test_time_is_counted_for_each_item(autojump_clock: MockClock) -> None:
    """A stage with many items has its time for each of them, and none passes while it waits for the next."""

    async def produce(stop: int, emit: Emit) -> None:
        for number in range(stop):
            await trio.sleep(3)
            await emit(number)
            await emit(number)

    async def work(item: object, emit: Emit) -> None:
        await trio.sleep(1)
        await emit(item)

    out = Out()
    await Pipeline(stages=(Stage("produce", produce), Stage("work", work, timeout=1.5))).run(20, out.put)
    assert len(out.items) == 40


async def test_nested_timeouts_keep_their_names(autojump_clock: MockClock) -> None:
    """The caller's own deadline cancels the run and is not taken for a stage's."""
    with trio.move_on_after(1) as scope:
        await Pipeline(stages=(Stage("hang", hang, timeout=2),)).run(1)
    assert scope.cancelled_caught


async def test_cancellation_leaves_as_itself(autojump_clock: MockClock) -> None:
    """Cancelled from outside, all stages end, and one bare `Cancelled` goes on, not a group of them."""
    ended: list[str] = []

    async def wait(item: object, emit: Emit) -> None:
        try:
            await emit(item)
            await trio.sleep_forever()
        finally:
            ended.append("wait")

    caught: BaseException | None = None
    with trio.move_on_after(1):
        try:
            await Pipeline(stages=(Stage("a", wait), Stage("b", wait), Stage("c", hang))).run(1)
        except BaseException as error:
            caught = error
            raise
    assert isinstance(caught, trio.Cancelled)
    assert ended == ["wait", "wait"]


async def test_interrupt_leaves_as_itself() -> None:
    """`KeyboardInterrupt` raised in a stage leaves as itself."""

    async def interrupt(_item: object, _emit: Emit) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await Pipeline(stages=(Stage("interrupt", interrupt), Stage("hang", hang))).run(1)


def test_interrupt_of_the_running_task_leaves_as_itself() -> None:
    """`KeyboardInterrupt` that Trio delivers to the task which runs the pipeline leaves as itself, too."""

    @trio.lowlevel.enable_ki_protection
    async def signal_main(_item: object, emit: Emit) -> None:
        await emit(1)
        signal.raise_signal(signal.SIGINT)
        await trio.sleep_forever()

    pipeline = Pipeline(stages=(Stage("signal", signal_main), Stage("hang", hang)))
    with pytest.raises(KeyboardInterrupt):
        trio.run(pipeline.run, 1)


@settings(deadline=None)
@given(delays=st.lists(st.integers(0, 5), max_size=30), workers=st.integers(2, 5), capacity=st.integers(1, 3))
def test_several_workers_keep_the_order(delays: list[int], workers: int, capacity: int) -> None:
    """However long each item takes, what several workers emit comes out in the order in which the items came in."""

    async def produce(_item: object, emit: Emit) -> None:
        for pair in enumerate(delays):
            await emit(pair)

    async def work(pair: tuple[int, int], emit: Emit) -> None:
        number, delay = pair
        for part in range(4):
            await trio.sleep(delay)
            await emit((number, part))

    async def main() -> list[object]:
        out = Out()
        stages = (
            Stage("produce", produce),
            Stage("work", work, concurrency=workers, capacity=capacity),
            Stage("pass", pass_on),
        )
        await Pipeline(stages=stages).run(None, out.put)
        return out.items

    expected = [(number, part) for number in range(len(delays)) for part in range(4)]
    assert trio.run(main, clock=MockClock(autojump_threshold=0)) == expected


async def test_several_workers_work_at_once(autojump_clock: MockClock) -> None:
    """Three items of a second each take three workers one second."""

    async def work(item: object, emit: Emit) -> None:
        await trio.sleep(1)
        await emit(item)

    begun, out = trio.current_time(), Out()
    await Pipeline(stages=(Stage("count", count_up), Stage("work", work, concurrency=3))).run(3, out.put)
    assert out.items == [0, 1, 2]
    assert trio.current_time() - begun == pytest.approx(1)


async def test_observer_hears_of_each_stage_once(autojump_clock: MockClock) -> None:
    """When a stage ends, its observer learns its time, its items and its failure; cancelled stages have none."""
    reports: dict[str, StageReport] = {}

    def observe(report: StageReport) -> None:
        assert report.stage not in reports
        reports[report.stage] = report

    async def fail_at_two(item: object, _emit: Emit) -> None:
        await trio.sleep(1)
        if item == 2:
            raise LookupError

    stages = (
        Stage("count", count_up),
        Stage("pass", pass_on, concurrency=2),
        Stage("fail", fail_at_two, capacity=1),
    )
    with pytest.raises(LookupError):
        await Pipeline(stages=stages).run(10, task_observer=observe)
    assert {name: report.items for name, report in reports.items()} == {"count": 1, "pass": 4, "fail": 2}
    assert isinstance(reports["fail"].error, LookupError)
    assert reports["pass"].error is None
    assert reports["fail"].seconds == pytest.approx(3)


async def test_a_stage_joined_to_another_shares_its_task(autojump_clock: MockClock) -> None:
    """A stage of capacity 0 has handled an item when `emit` returns, whoever else could run meanwhile."""
    seen: list[str] = []

    async def count(item: object, emit: Emit) -> None:
        for number in range(int(str(item))):
            await emit(number)
            seen.append(f"{number} emitted")

    async def note(item: object, emit: Emit) -> None:
        await trio.sleep(1)
        seen.append(f"{item} noted")
        await emit(item)

    out, reports = Out(), dict[str, StageReport]()
    stages = (Stage("count", count), Stage("note", note, capacity=0), Stage("pass", pass_on, capacity=0))
    await Pipeline(stages=stages).run(2, out.put, lambda report: reports.update({report.stage: report}))
    assert seen == ["0 noted", "0 emitted", "1 noted", "1 emitted"]
    assert out.items == [0, 1]
    assert {name: report.items for name, report in reports.items()} == {"count": 1, "note": 2, "pass": 2}


async def test_a_failure_is_that_of_the_joined_stage(autojump_clock: MockClock) -> None:
    """What a joined stage raises leaves as itself, and is reported of this stage alone."""

    async def fail(_item: object, _emit: Emit) -> None:
        raise LookupError

    reports: dict[str, StageReport] = {}
    stages = (Stage("count", count_up), Stage("fail", fail, capacity=0), Stage("pass", pass_on))
    with pytest.raises(LookupError):
        await Pipeline(stages=stages).run(3, task_observer=lambda report: reports.update({report.stage: report}))
    assert reports["count"].error is None
    assert isinstance(reports["fail"].error, LookupError)


async def test_a_joined_stage_counts_for_the_time_of_the_one_before(autojump_clock: MockClock) -> None:
    """Its time is spent within `emit`: the limit of the stage that emits holds for it."""

    async def sleep(_item: object, _emit: Emit) -> None:
        await trio.sleep(10)

    with pytest.raises(StageTimeout, match="count"):
        await Pipeline(stages=(Stage("count", count_up, timeout=5), Stage("sleep", sleep, capacity=0))).run(1)


def test_a_stage_can_only_be_joined_to_one_task() -> None:
    """There must be a stage before it, of one worker."""
    joined = Stage("pass", pass_on, capacity=0)
    with pytest.raises(ValueError, match="'pass'"):
        Pipeline(stages=(joined,))
    with pytest.raises(ValueError, match="'pass'"):
        Pipeline(stages=(Stage("count", count_up, concurrency=2), joined))


async def test_observer_that_raises_fails_the_run() -> None:
    """An observer's own error leaves as itself."""

    def observe(_report: StageReport) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await Pipeline(stages=(Stage("count", count_up),)).run(1, task_observer=observe)


async def test_stages_show_in_the_snapshot_of_their_actor(autojump_clock: MockClock) -> None:
    """A pipeline that runs in an actor shows what each stage does, as long as it runs."""
    gone = trio.Event()

    async def serve(context: Context) -> None:
        context.started()
        with trio.move_on_after(10):
            await Pipeline(stages=(Stage("count", count_up), Stage("hang", hang))).run(2, context=context)
        gone.set()
        await trio.sleep_forever()

    async with open_system("app") as system:
        ref = await system.start_child(ChildSpec(name="query", start=serve))
        await wait_all_tasks_blocked()
        assert ref.snapshot().tasks == (
            TaskSnapshot(name="count", state="ended", handled=1),
            TaskSnapshot(name="hang", state="working", handled=0),
        )
        await gone.wait()
        assert ref.snapshot().tasks == ()
    snapshot = Stage("idle", hang)
    assert snapshot.capacity == 16


async def test_waiting_stage_says_so(autojump_clock: MockClock) -> None:
    """A stage without an item in its hands is shown as waiting."""
    seen: list[tuple[TaskSnapshot, ...]] = []

    async def serve(context: Context) -> None:
        context.started()
        stages = (Stage("hang", hang), Stage("pass", pass_on))
        with trio.move_on_after(5):
            await Pipeline(stages=stages).run(2, context=context)

    async with open_system("app") as system:
        ref = await system.start_child(ChildSpec(name="query", start=serve))
        await wait_all_tasks_blocked()
        seen.append(ref.snapshot().tasks)
    assert [task.state for task in seen[0]] == ["working", "waiting"]


async def test_busy_stages_let_others_run() -> None:
    """Stages that never have to wait still give way to other tasks at least every so many items."""
    turns = 0
    done = False

    async def watch() -> None:
        nonlocal turns
        while not done:
            turns += 1
            await trio.lowlevel.checkpoint()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(watch)
        stages = (Stage("count", count_up), Stage("pass", pass_on, capacity=10_000))
        await Pipeline(stages=stages).run(5_000)
        done = True
    assert turns >= 5_000 // 32


async def test_line_takes_many_items(autojump_clock: MockClock) -> None:
    """A pipeline that stays open hands each item on in order; leaving the block waits until all are handled."""
    out = Out()
    async with Pipeline(stages=(Stage("pass", pass_on, capacity=1), Stage("again", pass_on))).open(out.put) as line:
        for number in range(100):
            await line.put(number)
    assert out.items == list(range(100))
    with pytest.raises(ActorStopped):
        await line.put(100)
    with pytest.raises(TypeError):
        aiter(line)


async def test_line_can_be_read(autojump_clock: MockClock) -> None:
    """What comes out is read in order, and reading ends when the line was ended and all is out."""
    read: list[object] = []

    async def put_all(line: Line) -> None:
        for number in range(50):
            await line.put(number)
        line.end()
        line.end()

    async with Pipeline(stages=(Stage("pass", pass_on),)).open(outputs=2) as line, trio.open_nursery() as nursery:
        nursery.start_soon(put_all, line)
        read += [item async for item in line]
    assert read == list(range(50))


async def test_reader_that_falls_behind_slows_the_line(autojump_clock: MockClock) -> None:
    """Back-pressure reaches the one who puts; what is not read when the block is left is dropped."""
    out = Out()
    put = 0

    async def keep(item: object, emit: Emit) -> None:
        await out.put(item)
        await emit(item)

    async with Pipeline(stages=(Stage("keep", keep, capacity=1),)).open(outputs=1) as line:
        with trio.move_on_after(1):
            while True:
                await line.put(put)
                put += 1
    assert put == 3
    assert out.items == [0, 1, 2]


async def test_failing_stage_ends_the_block(autojump_clock: MockClock) -> None:
    """The body is cancelled, and the stage's error leaves as itself, whatever the body does about it."""

    async def struggle() -> None:
        async with Pipeline(stages=(Stage("fail", fail), Stage("hang", hang))).open() as line:
            await line.put(1)
            try:
                await trio.sleep_forever()
            finally:
                raise RuntimeError

    with pytest.raises(LookupError):
        await struggle()


async def test_failing_body_ends_the_line(autojump_clock: MockClock) -> None:
    """What the body raises leaves as itself, and the stages are cancelled; so with a cancellation."""

    async def give_up() -> None:
        async with Pipeline(stages=(Stage("hang", hang),)).open() as line:
            await line.put(1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await give_up()
    with trio.move_on_after(1) as scope:
        async with Pipeline(stages=(Stage("hang", hang),)).open() as line:
            await line.put(1)
            await trio.sleep_forever()
    assert scope.cancelled_caught
    with trio.move_on_after(1) as scope:
        async with Pipeline(stages=(Stage("hang", hang),)).open() as line:
            await line.put(1)
    assert scope.cancelled_caught


async def test_line_shows_in_its_actors_snapshot(autojump_clock: MockClock) -> None:
    """Its stages do, as long as it is open."""

    async def serve(context: Context) -> None:
        async with Pipeline(stages=(Stage("pass", pass_on),)).open(context=context):
            context.started()
            await trio.sleep(5)
        await trio.sleep_forever()

    async with open_system("app") as system:
        ref = await system.start_child(ChildSpec(name="service", start=serve))
        assert [task.name for task in ref.snapshot().tasks] == ["pass"]
        await trio.sleep(6)
        assert ref.snapshot().tasks == ()


async def test_reader_from_outside_is_told_of_the_end(autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    """One who reads a line beside its block sees no channel of ours, but the end; so does one who comes later."""
    ended: list[list[object]] = []

    async def read(line: Line) -> None:
        ended.append([item async for item in line])

    async with Pipeline(stages=(Stage("pass", pass_on),)).open() as line:
        nursery.start_soon(read, line)
        await line.put(1)
        await trio.sleep(1)
    await wait_all_tasks_blocked()
    await read(line)
    assert ended == [[1], []]
