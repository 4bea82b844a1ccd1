from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.workspace.tools import texts
from smarthealth.apps.workspace.tools.paths import read_file_path, read_path, shown
from smarthealth.llm.tooling import ToolError

REFUSED = [
    ("../secret", texts.PARENT_PATH),
    ("a/../../secret", texts.PARENT_PATH),
    ("..", texts.PARENT_PATH),
    ("/etc/passwd", texts.ABSOLUTE_PATH),
    ("~/secret", texts.ABSOLUTE_PATH),
    ("..\\secret", texts.BAD_CHARACTER),
    ("a\0b", texts.BAD_CHARACTER),
    ("a\nb", texts.BAD_CHARACTER),
    ("a\x1bb", texts.BAD_CHARACTER),
    ("gpj.\u202eexe", texts.BAD_CHARACTER),
    ("a\u2028b", texts.BAD_CHARACTER),
    ("a\ud800b", texts.BAD_CHARACTER),
    ("x" * 256, texts.LONG_NAME),
    ("ñ" * 128, texts.LONG_NAME),
    ("a/" * 600, texts.LONG_NAME),
    ("a/" * 17 + "b", texts.TOO_DEEP),
]


@pytest.mark.parametrize(("path", "reason"), REFUSED)
def test_outward_paths_and_odd_names_are_refused(path: str, reason: str) -> None:
    """What points outward, is too long or holds what names must not is refused, with its reason."""
    with pytest.raises(ToolError) as caught:
        read_path(path)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("test.txt", ("test.txt",)),
        ("./a//b/.", ("a", "b")),
        (" a.txt\n", ("a.txt",)),
        (".", ()),
        ("", ()),
        ("...", ("...",)),
        ("man\u0303ana.txt", ("mañana.txt",)),
        ("a b/👩‍⚕️.txt", ("a b", "👩‍⚕️.txt")),
    ],
)
def test_a_path_becomes_names(path: str, names: tuple[str, ...]) -> None:
    """Dots and doubled slashes say nothing, and a name has one spelling."""
    assert read_path(path) == names


def test_a_file_has_a_name() -> None:
    """The directory itself is no file."""
    with pytest.raises(ToolError, match=texts.EMPTY_PATH):
        read_file_path("./")
    assert read_file_path("a") == ("a",)


def test_names_are_shown_as_a_path() -> None:
    """What is shown leads to the same place."""
    assert shown(("a", "b")) == "a/b"
    assert shown(()) == "."


@given(st.text(max_size=80) | st.text(alphabet="./\\ab~\0", max_size=12))
def test_names_never_lead_outward(path: str) -> None:
    """Whatever was written, it is refused or made of plain names."""
    try:
        names = read_path(path)
    except ToolError:
        return
    assert all(name not in ("", ".", "..") and "/" not in name and "\0" not in name for name in names)
    assert read_path(f"./{'/'.join(names)}/.") == names
