"""New figures beside those that are kept."""

from __future__ import annotations

from pathlib import Path

from loadtest.guard.comparing import TOLERANCE, VERSION, compare, load, save


def test_a_figure_that_grew_too_much_fails(tmp_path: Path) -> None:
    """Within the tolerance nothing is said; beyond it what is worse fails, and what is better asks to be kept."""
    path = tmp_path / "baseline.json"
    save({"a": 100.0, "b": 100.0, "c": 100.0}, path)
    kept = load(path)
    assert kept is not None
    same, worse, better, new = compare({"a": 104.0, "b": 106.0, "c": 90.0, "d": 1.0}, kept)
    assert [finding.fails for finding in (same, worse, better, new)] == [False, True, False, False]
    assert "WORSE" in str(worse)
    assert "--update" in str(better)
    assert str(same).endswith("%")
    assert "%" not in str(new)
    assert worse.change > TOLERANCE
    (single,) = compare({"steps": 1.3}, {"steps": 1.1})
    assert not single.fails


def test_each_version_of_python_has_figures_of_its_own(tmp_path: Path) -> None:
    """Saving leaves those of others alone; of an unknown version nothing is known."""
    path = tmp_path / "baseline.json"
    path.write_text('{"2.7": {"a": 1.0}}')
    assert load(path) is None
    save({"a": 2.0}, path)
    assert load(path) == {"a": 2.0}
    assert '"2.7"' in path.read_text()
    assert VERSION in path.read_text()
