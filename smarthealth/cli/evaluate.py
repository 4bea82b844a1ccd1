"""`smarthealth evaluate …`: how well questions with known answers are answered."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import trio
import typer
from rich.console import Console
from rich.table import Table

from .failing import CommandError
from .preparing import prepare

if TYPE_CHECKING:
    from smarthealth.apps.records.evaluation.score import Verdict

evaluate = typer.Typer(no_args_is_help=True, help="Measure answers against what is known.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(evaluate, name="evaluate")


@evaluate.command("records")
def records(
    fhir: Annotated[Path, typer.Option(help="a bundle, bulk NDJSON, or a folder of them", exists=True)],
    per_kind: Annotated[int, typer.Option(help="questions of each kind and patient", min=1)] = 2,
    seed: Annotated[int, typer.Option(help="the same seed asks the same questions")] = 0,
    failures: Annotated[
        Path | None, typer.Option(help="write what was answered wrongly to this file, tab separated")
    ] = None,
) -> None:
    """Derive questions from FHIR files, ask them of the configured model, and print how well they were answered.

    Per kind: accuracy, abstention, source hits and calibration. The records go to a database of their own, which is thrown
    away afterwards.
    """
    from smarthealth.apps.records.evaluation.report import HEADINGS, summarise
    from smarthealth.bootstrap.evaluation import evaluate_records

    settings = prepare()
    console = Console()
    with console.status("importing and asking…") as status:
        asked = 0

        def show(verdict: Verdict) -> None:
            nonlocal asked
            asked += 1
            status.update(f"{asked} questions asked")

        verdicts = trio.run(lambda: evaluate_records(settings, fhir, per_kind=per_kind, seed=seed, on_verdict=show))
    table = Table(*HEADINGS, box=None, header_style="bold")
    for row in summarise(verdicts):
        table.add_row(*row.cells(), style="bold" if row.kind == "all" else None)
    console.print(table)
    if failures is not None:
        failures.write_text("".join(_line(verdict) for verdict in verdicts if not verdict.correct), encoding="utf-8")


@evaluate.command("doctor")
def doctor(
    labelled: Annotated[
        Path, typer.Argument(help="tab separated: id, lang, label, category, note, text", exists=True, dir_okay=False)
    ],
) -> None:
    """Look for an emergency in each message of a labelled file, and print sensitivity and specificity.

    Per language and category, with Wilson's 95 % intervals; then each message that was judged wrongly.
    """
    from smarthealth.apps.doctor.evaluation import LabelledFileError, evaluate_doctor

    try:
        report = evaluate_doctor(labelled)
    except LabelledFileError as error:
        raise CommandError(str(error)) from None
    for line in report.lines():
        typer.echo(line)


@evaluate.command("calibration")
def calibration(
    fhir: Annotated[Path, typer.Option(help="a bundle, bulk NDJSON, or a folder of them", exists=True)],
    per_kind: Annotated[int, typer.Option(help="questions of each kind and patient", min=1)] = 2,
    seed: Annotated[int, typer.Option(help="the same seed asks the same questions")] = 0,
    spoil: Annotated[
        float, typer.Option(help="share of the questions asked once more with a word spoilt", min=0, max=1)
    ] = 0.1,
    hold: Annotated[float, typer.Option(help="answers that it takes to move a coefficient", min=0.1)] = 10,
) -> None:
    """Fit the coefficients of the confidence to the answers of the configured model, and print them.

    They go to smarthealth/apps/records/answering/confidence_coefficients.py; docs/explanation/answers.md says how.
    """
    from smarthealth.apps.records.evaluation.calibrate import Sample, calibrate, write_coefficients
    from smarthealth.bootstrap.evaluation import observe_records

    settings = prepare()
    with Console(stderr=True).status("importing and asking…") as status:
        asked = 0

        def show(_sample: Sample) -> None:
            nonlocal asked
            asked += 1
            status.update(f"{asked} questions asked")

        samples = trio.run(
            lambda: observe_records(settings, fhir, per_kind=per_kind, seed=seed, spoil=spoil, on_sample=show)
        )
    for name, coefficients in zip(("ANSWER", "ABSTENTION"), calibrate(samples, hold=hold), strict=True):
        for line in write_coefficients(name, coefficients):
            typer.echo(line)


def _line(verdict: Verdict) -> str:
    case, answer = verdict.case, " ".join(verdict.answer.text.split())
    document = f"{case.document_type}:{case.document_number}"
    return f"{case.kind}\t{document}\t{case.question}\t{case.expected}\t{answer}\t{verdict.answer.confidence:.2f}\n"
