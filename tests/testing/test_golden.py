from pathlib import Path

import pytest

from smarthealth.testing.golden import check_golden, write_golden

FRAMES = {"token": '{"type":"token","token":"El niño "}', "pong": '{"type":"pong"}'}


def test_frames_that_were_written_are_golden(tmp_path: Path) -> None:
    """Vectors are laid out for readers, letters unescaped, and compare by value."""
    write_golden(tmp_path / "new", FRAMES)
    check_golden(tmp_path / "new", FRAMES)
    assert '"token": "El niño "' in (tmp_path / "new" / "token.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("frames", "complaint"),
    [
        ({**FRAMES, "pong": '{"type":"pong","x":1}'}, "pong: .* is not"),
        ({"token": FRAMES["token"]}, "holds"),
        ({**FRAMES, "more": "{}"}, "holds"),
    ],
)
def test_a_change_of_frames_is_told(frames: dict[str, str], complaint: str, tmp_path: Path) -> None:
    """Another value, a missing message and a new one all fail."""
    write_golden(tmp_path, FRAMES)
    with pytest.raises(AssertionError, match=complaint):
        check_golden(tmp_path, frames)


def test_the_tag_comes_first(tmp_path: Path) -> None:
    """Readers of raw frames see first what a message is."""
    frames = {"token": '{"token":"a","type":"token"}'}
    write_golden(tmp_path, frames)
    with pytest.raises(AssertionError, match="first member"):
        check_golden(tmp_path, frames)
    check_golden(tmp_path, frames, tag="token")
