from smarthealth.apps.workspace.tools import texts


def test_reasons_are_sentences() -> None:
    """Each begins with a capital, a name or a place for one, and ends with a full stop."""
    reasons = {name: text for name, text in vars(texts).items() if name.isupper()}
    assert len(reasons) > 40
    for text in reasons.values():
        assert text.endswith(".")
        assert text[0].isupper() or text[0] == "{"
