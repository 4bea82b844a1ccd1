from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.taxi.hearing import PARTIALS, Typed, partials_of


def test_a_typed_text_comes_bit_by_bit() -> None:
    """As the document shows it."""
    assert partials_of("Hola") == ["Hola"]
    assert partials_of("Necesito un taxi a la Calle") == ["Necesito un", "Necesito un taxi a"]


@given(st.text(min_size=1).filter(str.strip))
def test_partials_are_beginnings(text: str) -> None:
    """Growing ones, few, at least one."""
    partials = partials_of(text)
    assert 0 < len(partials) <= PARTIALS
    assert all(text.startswith(partial) for partial in partials)
    assert sorted(set(partials), key=len) == partials


async def test_typed_words_pass_through() -> None:
    """Partials first."""
    heard: list[str] = []

    async def partial(text: str) -> None:
        heard.append(text)

    assert await Typed("uno dos tres").listen(partial) == "uno dos tres"
    assert heard == ["uno dos"]
