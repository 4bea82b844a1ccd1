import tracemalloc
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from smarthealth.wire.limits import KIB, MIB, PARSED_WIDTH, TEXT_WIDTH, Limits
from smarthealth.wire.strict_json import parse


def test_the_worst_case_of_the_defaults_is_known() -> None:
    """One connection takes less than 12 MiB at worst, and less than 64 KiB while idle, with the default limits."""
    limits = Limits()
    assert limits.worst_case_memory() < 12 * MIB
    assert limits.idle_memory() < 64 * KIB
    assert limits.worst_case_decoding() == limits.max_frame_size * PARSED_WIDTH


@pytest.mark.parametrize(
    "change",
    [
        {"max_frame_size": 128 * KIB},
        {"inbound_queue": 8},
        {"outbox_bytes": 2 * MIB},
        {"max_turns": 8},
        {"turn_bytes": MIB},
        {"compression": True},
    ],
)
def test_each_part_of_the_sum_counts(change: dict[str, Any]) -> None:
    """Raising any limit that holds memory raises the worst case."""
    assert attrs.evolve(Limits(), **change).worst_case_memory() > Limits().worst_case_memory()


@pytest.mark.parametrize("field", [field.name for field in attrs.fields(Limits) if field.name != "compression"])
def test_a_limit_is_above_zero(field: str) -> None:
    """No limit can be switched off by a zero or a negative number."""
    with pytest.raises(ValueError, match=field):
        Limits(**{field: 0})  # type: ignore[arg-type]  # the one boolean is not among these fields


def _measure(make: Callable[[], object]) -> tuple[int, int]:
    """Bytes that the result of `make` keeps, and bytes it took at its peak."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        result = make()
        kept, peak = tracemalloc.get_traced_memory()
        del result
        return kept - before, peak - before
    finally:
        tracemalloc.stop()


def test_a_character_of_text_takes_at_most_four_bytes() -> None:
    """The width that the sum counts with is that of a text with one wide character."""
    frame = ("a" * (64 * KIB - 4) + "😀").encode()
    kept, _ = _measure(frame.decode)
    assert 0.9 * TEXT_WIDTH * len(frame) < kept <= TEXT_WIDTH * len(frame) + KIB


@pytest.mark.parametrize(
    "piece",
    ["[],", "{},", '"",', "1.5,", '{"":[]},', '"é",', '{"a":{"b":{}}},', "[" * 30 + "]" * 30 + ",", "[[[[[]]]]],"],
)
def test_parsing_takes_at_most_the_stated_width(piece: str) -> None:
    """However a frame is filled, its objects take at most `PARSED_WIDTH` bytes for each of its own."""
    text = '{"a":[' + piece * (64 * KIB // len(piece) - 2) + "0]}"
    _, peak = _measure(lambda: parse(text))
    assert peak <= PARSED_WIDTH * 64 * KIB


def test_many_names_take_at_most_the_stated_width() -> None:
    """An object of many names takes no more than lists do."""
    text = "{" + ",".join(f'"{number}":[]' for number in range(7000)) + "}"
    _, peak = _measure(lambda: parse(text))
    assert peak <= PARSED_WIDTH * len(text)
