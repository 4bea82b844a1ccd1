"""Golden vectors: frames on disk that an encoder must go on making.

A folder holds one file per message, `<name>.json`, with the frame in it. Frames are compared as JSON values, so files may be laid out for readers, and the tag must be the first member of the frame.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path


def check_golden(folder: Path, frames: Mapping[str, str], *, tag: str = "type") -> None:
    """Compare frames with the golden ones.

    Args:
        folder: Where the files are.
        frames: Name of a file, without its ending, to the frame as encoded now.
        tag: The member that must come first.

    Raises:
        AssertionError: A frame differs, or files and frames are not the same set; the message shows which.
    """
    expected = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.json"))}
    assert sorted(expected) == sorted(frames), f"{folder} holds {sorted(expected)}, the test makes {sorted(frames)}"
    for name, frame in frames.items():
        value = json.loads(frame)
        assert value == json.loads(expected[name]), f"{name}: {frame} is not {expected[name]}"
        assert next(iter(value)) == tag, f"{name}: the first member is not {tag}: {frame}"


def write_golden(folder: Path, frames: Mapping[str, str]) -> None:
    """Write frames as golden vectors, for a person to read and commit."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        text = json.dumps(json.loads(frame), ensure_ascii=False, indent=2)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
