"""Work done by another process, round by round."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from loadtest.runtime.peer import Peer, serve

MODULE = """
from loadtest.runtime.peer import serve
serve({"twice": lambda count: 2.0 * count})
"""


@pytest.fixture
def peer_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module that serves as a peer does, found by the interpreter that runs it."""
    (tmp_path / "echoing.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    return "echoing"


def test_each_round_is_a_line_there_and_a_line_back(peer_module: str) -> None:
    """The process does what it is told to, as often as it is told."""
    with Peer(sys.executable, peer_module) as peer:
        work = peer.work("twice")
        assert (work(3), work(4)) == (6.0, 8.0)


def test_a_peer_that_ends_is_reported(peer_module: str) -> None:
    """A row that it does not know ends its process, which is said instead of waited for."""
    with Peer(sys.executable, peer_module) as peer, pytest.raises(RuntimeError, match="ended during 'thrice'"):
        peer.work("thrice")(1)


def test_serving_ends_with_the_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One line of input is one round; no more input, no more rounds."""
    monkeypatch.setattr(sys, "stdin", io.StringIO('["row", 5]\n["row", 6]\n'))
    serve({"row": lambda count: count / 2})
    assert capsys.readouterr().out == "2.5\n3.0\n"
