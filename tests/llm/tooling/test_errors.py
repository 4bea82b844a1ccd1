from smarthealth.llm.tooling.errors import ToolError


def test_a_tool_error_says_its_reason() -> None:
    """The reason is what is shown of it."""
    error = ToolError("no file has that name")
    assert error.reason == str(error) == "no file has that name"
