"""Reading articles and terms."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import attrs
import pytest

from smarthealth.apps.doctor.knowledge import loading
from smarthealth.apps.doctor.knowledge.loading import ArticleError, load_articles, load_terms, read_article

COUGH = files(loading.__package__).joinpath("articles", "cough.toml").read_text("utf-8")


def test_articles_are_read_once_by_their_ids() -> None:
    """Each file is found under its name."""
    articles = load_articles()
    assert articles is load_articles()
    assert all(key == article.id for key, article in articles.items())
    assert articles["cough"].text["es"].title == "Tos"


def test_terms_are_read_once_by_their_ids() -> None:
    """Each term knows what it is within."""
    assert load_terms() is load_terms()
    assert load_terms()["amoxicillin"].within == ("penicillin",)


@pytest.mark.parametrize(
    ("name", "toml", "message"),
    [
        ("cough.toml", "id = ", "cough.toml: "),
        ("cold.toml", COUGH, "cold.toml: is called cough inside"),
        ("cough.toml", COUGH.replace('level = "IV"', "level = 4", 1), "cough.toml: .*level"),
        ("cough.toml", COUGH.replace('level = "IV"', 'level = "VI"', 1), "cough.toml: "),
        ("cough.toml", COUGH.replace('also = ["sore-throat"', "also = [1", 1), "cough.toml: .*also"),
        ("cough.toml", f"color = 1\n{COUGH}", "cough.toml: .*color"),
    ],
)
def test_a_malformed_file_is_named_with_its_reason(name: str, toml: str, message: str) -> None:
    """Who wrote it learns what to mend."""
    with pytest.raises(ArticleError, match=message):
        read_article(name, toml)


@pytest.mark.parametrize("field", ["also", "conditions"])
def test_what_is_named_must_be_there(field: str) -> None:
    """An article that names an article or a term that is missing is refused."""
    cough = load_articles()["cough"]
    rule = cough.cautions[1]
    changed = {
        "also": attrs.evolve(cough, also=("nothing",)),
        "conditions": attrs.evolve(
            cough, cautions=(attrs.evolve(rule, when=attrs.evolve(rule.when, conditions=("nothing",))),)
        ),
    }[field]
    with pytest.raises(ArticleError, match=r"cough\.toml: names nothing"):
        loading._check_references({"cough": changed, **dict.fromkeys(cough.also, cough)}, load_terms())


def test_malformed_terms_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A term without names is not taken."""
    (tmp_path / "terms.toml").write_text("[asthma]\nwithin = []\n")
    monkeypatch.setattr(loading, "files", lambda _package: tmp_path)
    with pytest.raises(ArticleError, match=r"terms\.toml"):
        load_terms.__wrapped__()
