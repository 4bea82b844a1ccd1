"""`python -m loadtest.runtime`: measure, print, and fail when an aim is missed."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from contextlib import ExitStack
from tempfile import TemporaryDirectory

from .fresh import fresh_rows
from .measure import Result, Row, measure
from .peer import Peer
from .report import as_json, as_text, heading
from .rows import all_rows

ROUNDS = 15
QUICK_ROUNDS = 3
QUICK_SHARE = 0.1
MISSED = 1
"""Exit code when an aim is missed."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m loadtest.runtime", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds of less work: a look, no figures to keep")
    parser.add_argument("--json", action="store_true", help="print all figures as JSON, once all are there")
    parser.add_argument("--only", metavar="TEXT", default="", help="rows whose name holds this")
    parser.add_argument(
        "--triotp",
        metavar="PYTHON",
        default=sys.executable if importlib.util.find_spec("triotp") else None,
        help="an interpreter that has triotp, if this one has not: its last release asks for Python 3.13",
    )
    return parser.parse_args()


def _notes(arguments: argparse.Namespace) -> list[str]:
    notes = []
    if arguments.quick:
        notes.append(
            f"--quick: each row does {QUICK_SHARE:.0%} of the work in its name; its figures are no figures to keep."
        )
    if arguments.triotp is None:
        notes.append("triotp is not measured: it is not installed here, and no --triotp PYTHON was given that has it.")
    if importlib.util.find_spec("pykka") is None:
        notes.append("pykka is not measured: it is not installed (dependency group loadtest).")
    return notes


def main() -> int:
    """Measure all rows; the exit code."""
    arguments = _arguments()
    rounds, share = (QUICK_ROUNDS, QUICK_SHARE) if arguments.quick else (ROUNDS, 1.0)
    measured: list[tuple[Row, list[Result]]] = []
    if not arguments.json:
        print(heading(rounds, _notes(arguments)), flush=True)
    with ExitStack() as stack:
        triotp = arguments.triotp and stack.enter_context(Peer(arguments.triotp, "loadtest.runtime.with_triotp"))
        folder = stack.enter_context(TemporaryDirectory())
        for row in (*all_rows(triotp), *fresh_rows(arguments.triotp, folder)):
            if arguments.only not in row.name:
                continue
            results = measure(row, rounds, share)
            measured.append((row, results))
            if not arguments.json:
                print(as_text(row, results), flush=True)
    if arguments.json:
        print(as_json(measured))
    missed = any(result.missed for _, results in measured for result in results)
    return MISSED if missed else 0


if __name__ == "__main__":
    sys.exit(main())
