from pathlib import Path

import pytest

from smarthealth.apps.doctor.evaluation.emergencies import Share, evaluate_doctor

HEADING = "id\tlang\tlabel\tcategory\tnote\ttext\n"


def test_figures_by_language_and_category(tmp_path: Path) -> None:
    """Hits, misses and false alarms are counted, and told with their text."""
    path = tmp_path / "messages.tsv"
    path.write_text(
        HEADING + "a\tes\temergency\tbreath\t\tno puede respirar\nb\tes\temergency\tbreath\t\tse llama Juan\n"
        "c\ten\tnot\tminor\t\thello\nd\ten\tnot\tminor\t\tI have chest pain\n",
        encoding="utf-8",
    )
    report = evaluate_doctor(path)
    assert [(row.lang, row.category) for row in report.rows] == [
        ("en", "all"), ("es", "all"), ("all", "all"), ("en", "minor"), ("es", "breath"),
    ]  # fmt: skip
    assert report.rows[2].sensitivity == report.rows[2].specificity == Share(right=1, of=2)
    assert [(one.message.id, one.rules) for one in report.wrong] == [("b", ()), ("d", ("heart.chest-pain",))]
    lines = report.lines()
    assert lines[3].split() == ["all", "all", "0.500", "[0.095-0.905]", "1/2", "0.500", "[0.095-0.905]", "1/2"]
    assert lines[-2:] == (
        "missed b (es, breath): se llama Juan",
        "false d (en, minor, heart.chest-pain): I have chest pain",
    )


def test_one_language_has_no_total_of_its_own(tmp_path: Path) -> None:
    """It would be the same row twice."""
    path = tmp_path / "messages.tsv"
    path.write_text(HEADING + "a\tes\temergency\tbreath\t\tno puede respirar\n", encoding="utf-8")
    assert [row.category for row in evaluate_doctor(path).rows] == ["all", "breath"]


def test_a_share_of_nothing() -> None:
    """Is a dash, not a perfect score."""
    nothing = Share(right=0, of=0)
    assert (nothing.value, nothing.interval, str(nothing)) == (None, None, "-")
    assert Share(right=95, of=100).interval == pytest.approx((0.888, 0.978), abs=0.001)
