import json
import runpy
import signal
import subprocess
import sys
from functools import partial

import httpx2
import pytest
import trio

from smarthealth.testing.model_server import serve


async def _ask(url: str) -> str:
    body = {"model": "m", "messages": [{"role": "user", "content": "uno dos"}], "stream": True}
    text = ""
    async with httpx2.AsyncClient() as client, client.stream("POST", f"{url}/chat/completions", json=body) as response:
        async for line in response.aiter_lines():
            if line.startswith("data: {"):
                text += json.loads(line[6:])["choices"][0]["delta"].get("content", "")
    return text


@pytest.mark.parametrize(
    ("arguments", "text"),
    [([], "uno dos"), (["--tokens", "3", "--pace", "1000", "--first-token-delay", "0.01"], "token1 token2 token3 ")],
)
async def test_it_serves_what_the_arguments_say(
    arguments: list[str], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """So many tokens at that pace, or an echo; the address is printed when requests are taken."""
    async with trio.open_nursery() as nursery:
        url: str = await nursery.start(serve, arguments)
        assert capsys.readouterr().out == f"ready {url}\n"
        assert await _ask(url) == text
        nursery.cancel_scope.cancel()


async def test_it_runs_as_a_program_until_interrupted() -> None:
    """`python -m` prints nothing but the address, and an interrupt ends it quietly."""
    command = [sys.executable, "-W", "error", "-m", "smarthealth.testing.model_server"]
    async with trio.open_nursery() as nursery:
        pipes = partial(trio.run_process, command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        process: trio.Process = await nursery.start(pipes)
        assert process.stdout is not None
        line = await process.stdout.receive_some()
        assert await _ask(line.decode().removeprefix("ready ").strip()) == "uno dos"
        process.send_signal(signal.SIGINT)
    assert process.returncode == 0


def test_the_program_takes_its_arguments_and_ends_on_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt is the way to end it, not an error."""
    seen: list[list[str]] = []

    def interrupted(serve: object, arguments: list[str]) -> None:
        seen.append(arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(sys, "argv", ["model_server", "--port", "1"])
    monkeypatch.setattr(trio, "run", interrupted)
    monkeypatch.delitem(sys.modules, "smarthealth.testing.model_server")
    runpy.run_module("smarthealth.testing.model_server", run_name="__main__")
    assert seen == [["--port", "1"]]
