"""The scripted provider as a program, for demos and load tests.

`python -m smarthealth.testing.model_server --port 9000 --tokens 200 --pace 50 --first-token-delay 0.1`
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import attrs
import trio

from smarthealth.llm.port import ChatRequest

from .provider import DEFAULT_DIMENSIONS, open_model_server
from .script import Reply, echo


async def serve(arguments: Sequence[str], task_status: trio.TaskStatus[str] = trio.TASK_STATUS_IGNORED) -> None:
    """Serve until cancelled, with one scripted answer for every chat request; prints the base URL when ready."""
    parser = argparse.ArgumentParser(prog="python -m smarthealth.testing.model_server", description=serve.__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 for a free one")
    parser.add_argument("--tokens", type=int, default=None, help="tokens in each answer; without it, an echo")
    parser.add_argument("--pace", type=float, default=None, help="tokens a second; without it, all at once")
    parser.add_argument("--first-token-delay", type=float, default=0.0, help="seconds")
    parser.add_argument("--dimensions", type=int, default=DEFAULT_DIMENSIONS, help="length of embedding vectors")
    options = parser.parse_args(arguments)

    def rule(request: ChatRequest) -> Reply:
        reply = attrs.evolve(echo(request), pace=options.pace, first_token_delay=options.first_token_delay)
        if options.tokens is None:
            return reply
        return attrs.evolve(reply, tokens=tuple(f"token{number} " for number in range(1, options.tokens + 1)))

    async with open_model_server(
        rule=rule, dimensions=options.dimensions, host=options.host, port=options.port
    ) as server:
        sys.stdout.write(f"ready {server.url}\n")
        sys.stdout.flush()
        task_status.started(server.url)
        await trio.sleep_forever()


def main() -> None:
    """Serve until interrupted."""
    try:
        trio.run(serve, sys.argv[1:])
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
