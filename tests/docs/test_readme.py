"""What the README shows is what one gets."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAM = Path(sys.executable).with_name("smarthealth")
START_LIMIT = 90.0
STOP_LIMIT = 60.0
FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@attrs.frozen
class Demo:
    """A running `smarthealth demo`, and what it has printed until it said that it is ready."""

    output: str
    environment: dict[str, str]

    @property
    def port(self) -> str:
        """Where it listens."""
        found = re.search(r"^ws://127\.0\.0\.1:(\d+)/", self.output, re.MULTILINE)
        assert found is not None
        return found[1]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The README's command, with a data folder and a port of its own."""
    folder = tmp_path_factory.mktemp("readme")
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    environment |= {"SMARTHEALTH_DATA": str(folder / "data"), "COLUMNS": "120", "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(
        [PROGRAM, "demo", "--port", "0"],
        cwd=folder,
        env=environment | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    ) as process:
        overdue = threading.Timer(START_LIMIT, process.kill)
        overdue.start()
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("ready "):
                break
        overdue.cancel()
        output = "".join(lines)
        assert "\nready " in output, output
        yield Demo(output, environment)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=STOP_LIMIT)
    assert process.returncode == 0


def block(language: str, beginning: str) -> str:
    """The block of the README that begins so."""
    (found,) = [code for kind, code in FENCED.findall(README) if kind == language and code.startswith(beginning)]
    return str(found)


def one_line(text: str) -> str:
    """A text, however it was wrapped."""
    return " ".join(text.split())


def test_the_first_screen_is_what_the_demo_prints(demo: Demo) -> None:
    """Question, statuses, answer, sources and pages are those that the README shows; ports and exact confidence differ."""
    shown = block("console", "$ pip install uv && uv run smarthealth demo\n").partition("\n")[2]
    changing = re.compile(r":\d{4,5}/|confidence 0\.\d\d|, \d+ passages|password \S+ ")
    expected, printed = (changing.sub("…", one_line(text)) for text in (shown, demo.output))
    assert printed.startswith(expected)


def test_the_client_gets_an_answer(demo: Demo) -> None:
    """The README's client, as printed but for the port, gets a token from the command line and prints an answer."""
    token = subprocess.run(
        [PROGRAM, "token", "demo@smarthealth.local"],
        env=demo.environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=START_LIMIT,
    ).stdout.strip()
    client = block("python", "import json, uuid\n").replace(":8088", f":{demo.port}")
    assert f":{demo.port}/ws/chat" in client
    program = f"{client}\ntrio.run(main, {token!r})\n"
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        env=demo.environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=START_LIMIT,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "penicilina" in ran.stdout.lower()
    assert re.search(r"\[\d+\]", ran.stdout)


def test_every_command_of_the_readme_exists() -> None:
    """Each command that the README shows is one of the program's."""
    from typer.main import get_command

    from smarthealth.cli.main import app

    commands = get_command(app)
    for words in re.findall(r"smarthealth ((?:[a-z]+ ?)+)", "\n".join(re.findall(r"`[^`\n]+`", README))):
        first, *rest = words.split()
        assert hasattr(commands, "commands")
        node = commands.commands[first]
        if hasattr(node, "commands"):
            assert rest[0] in node.commands, words
