import pytest
import trio
from trio.testing import MockClock

from smarthealth.llm.errors import ModelError, ModelRefused, ModelStreamCut, ModelUnavailable
from smarthealth.llm.retries import retry_delay, with_retries
from smarthealth.llm.settings import ModelSettings

SETTINGS = ModelSettings(max_retries=3, backoff=1.0, max_backoff=3.0, max_retry_after=10.0)


@pytest.mark.parametrize(
    ("attempt", "error", "share", "delay"),
    [
        (1, ModelUnavailable("x"), 1.0, 1.0),
        (2, ModelUnavailable("x"), 1.0, 2.0),
        (3, ModelUnavailable("x"), 1.0, 3.0),
        (2, ModelUnavailable("x"), 0.25, 0.5),
        (4, ModelUnavailable("x"), 1.0, None),
        (1, ModelUnavailable("x", retry_after=7.0), 0.0, 7.0),
        (1, ModelUnavailable("x", retry_after=7.0), 0.5, 7.5),
        (1, ModelUnavailable("x", retry_after=11.0), 0.0, None),
        (1, ModelRefused("x"), 1.0, None),
        (1, ModelStreamCut("x"), 1.0, None),
    ],
)
def test_the_wait_doubles_within_bounds(attempt: int, error: ModelError, share: float, delay: float | None) -> None:
    """A random share of a doubling wait, or what the provider asks for when that is bearable; else no retry."""
    assert retry_delay(SETTINGS, attempt, error, share) == delay


def test_any_number_of_retries_can_be_reckoned() -> None:
    """A wait never grows past what a float holds."""
    patient = ModelSettings(max_retries=10**6, backoff=1.0, max_backoff=3.0)
    assert retry_delay(patient, 10**5, ModelUnavailable("x"), 1.0) == 3.0


async def test_an_outage_is_asked_again_until_it_passes(autojump_clock: MockClock) -> None:
    """The first success is returned, after the waits of the failures before it."""
    failures = [ModelUnavailable("x", retry_after=5.0), ModelUnavailable("x", retry_after=2.0)]

    async def attempt() -> str:
        if failures:
            raise failures.pop(0)
        return "answer"

    assert await with_retries(SETTINGS, attempt) == "answer"
    assert 7.0 <= trio.current_time() <= 9.0


async def test_the_last_failure_is_raised(autojump_clock: MockClock) -> None:
    """When retries are used up, the caller sees how the last attempt failed."""
    attempts: list[ModelUnavailable] = []

    async def attempt() -> str:
        attempts.append(ModelUnavailable(f"attempt {len(attempts) + 1}"))
        raise attempts[-1]

    with pytest.raises(ModelUnavailable, match="attempt 4"):
        await with_retries(SETTINGS, attempt)


async def test_a_refusal_is_not_asked_again() -> None:
    """What would fail again is raised at once."""

    async def attempt() -> str:
        raise ModelRefused("no")

    with pytest.raises(ModelRefused):
        await with_retries(SETTINGS, attempt)
