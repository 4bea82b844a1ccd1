import json

from hypothesis import HealthCheck, find, given, settings

from smarthealth.testing.fuzzing import broken_texts, json_values

VALID = '{"type": "query", "number": 8, "text": "a"}'


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(json_values())
def test_values_are_json(value: object) -> None:
    """Every value can be written as JSON."""
    json.dumps(value)


@given(broken_texts([VALID, "{}"]))
def test_texts_are_text(text: str) -> None:
    """Every example is a text that a decoder may get."""
    assert isinstance(text, str)


def test_texts_are_near_and_far_from_valid_ones() -> None:
    """Among them are frames that lack a field, hold a wrong one, are cut, or are no JSON at all."""

    def lacks(text: str) -> bool:
        if not _is_json(text):
            return False
        value = json.loads(text)
        return isinstance(value, dict) and value.get("type") == "query" and "text" not in value

    def differs(text: str) -> bool:
        if not _is_json(text):
            return False
        value = json.loads(text)
        return isinstance(value, dict) and value.get("type") == "query" and value.get("number", 8) != 8

    unbound = settings(max_examples=5000, database=None)
    find(broken_texts([VALID]), lacks, settings=unbound)
    find(broken_texts([VALID]), differs, settings=unbound)
    find(broken_texts([VALID]), lambda text: text.startswith('{"type"') and not _is_json(text), settings=unbound)
    find(broken_texts([VALID]), lambda text: text.count("[") > 1000, settings=unbound)
