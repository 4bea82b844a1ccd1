import tracemalloc
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from smarthealth.conversation.settings import ConversationSettings
from smarthealth.server.hypercorn.limits import ShellLimits
from smarthealth.wire.limits import KIB, MIB, PARSED_WIDTH, TEXT_WIDTH, Limits
from smarthealth.wire.strict_json import parse


def test_the_worst_case_of_the_defaults_is_known() -> None:
    """One connection takes less than 11 MiB at worst, and decoding its worst message 3 MiB."""
    limits = Limits()
    assert 10 * MIB < limits.worst_case_memory() < 11 * MIB
    assert limits.worst_case_decoding() == 3 * MIB


def test_the_defaults_are_those_of_the_parts() -> None:
    """The sum is about the program as it runs: no part allows more than is counted here."""
    limits, shell, conversation = Limits(), ShellLimits(), ConversationSettings()
    assert limits.max_frame_size == shell.max_message_size
    assert limits.transport >= shell.worst_case_memory()
    assert limits.outbox_bytes == conversation.outbox_bytes
    assert limits.max_turns == conversation.max_turns


@pytest.mark.parametrize("field", [field.name for field in attrs.fields(Limits)])
def test_each_part_of_the_sum_counts(field: str) -> None:
    """Raising any limit raises the worst case, and none can be switched off."""
    raised: dict[str, Any] = {field: 2 * getattr(Limits(), field)}
    assert attrs.evolve(Limits(), **raised).worst_case_memory() > Limits().worst_case_memory()
    with pytest.raises(ValueError, match=field):
        Limits(**{field: 0})


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
