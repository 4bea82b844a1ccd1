from smarthealth.llm.tooling.events import CutResult, Thinking, ignore


async def test_what_nobody_listens_to_is_ignored() -> None:
    """The listener for those who want none takes anything."""
    await ignore(Thinking(iteration=1))


def test_a_cut_result_says_so() -> None:
    """Whoever sees it alone can tell that it is not whole."""
    assert CutResult(excerpt="a", characters=9, kept_as=None).truncated
