from smarthealth.apps.workspace.prompts import SYSTEM


def test_the_instructions_are_short() -> None:
    """They are paid for with every request, and say what must not be done."""
    assert len(SYSTEM) < 600
    assert "no inventes" in SYSTEM
