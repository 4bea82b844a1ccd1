import json

from smarthealth.apps.workspace.offline.compose import compose
from smarthealth.llm.port import ChatMessage, ChatRequest, Tool, ToolCall

TOOLS = tuple(
    Tool(name=name, description="", parameters={"type": "object", "properties": {part: {} for part in parts}})
    for name, parts in {
        "write_file": ("path", "content"),
        "read_file": ("path",),
        "list_directory": ("path",),
        "search_files": ("query", "path"),
        "delete_file": ("path",),
        "http_request": ("url", "method"),
    }.items()
)


def _user(words: str) -> ChatMessage:
    return ChatMessage(role="user", content=words)


def _done(call: ToolCall, content: str) -> tuple[ChatMessage, ChatMessage]:
    return (
        ChatMessage(role="assistant", content="", tool_calls=(call,)),
        ChatMessage(role="tool", content=content, tool_call_id=call.id),
    )


def _next(*messages: ChatMessage, tools: tuple[Tool, ...] = TOOLS) -> ToolCall | str:
    (piece,) = compose(ChatRequest(messages=messages, tools=tools))
    return piece


def _arguments(call: ToolCall | str) -> object:
    assert isinstance(call, ToolCall)
    return json.loads(call.arguments)


def test_steps_are_done_one_after_the_other() -> None:
    """Each request is answered by the next call, and the last by what came of them."""
    asked = _user("crea a.txt que diga hola y luego léelo")
    first = _next(asked)
    assert isinstance(first, ToolCall)
    assert (first.name, _arguments(first)) == ("write_file", {"path": "a.txt", "content": "hola"})
    after_first = (asked, *_done(first, '{"path": "a.txt", "size": 4}'))
    second = _next(*after_first)
    assert isinstance(second, ToolCall)
    assert (second.name, _arguments(second)) == ("read_file", {"path": "a.txt"})
    assert second.id != first.id
    answer = _next(*after_first, *_done(second, "hola"))
    assert answer == "Archivo a.txt creado exitosamente.\n\nContenido de a.txt:\nhola"


def test_it_is_the_file_spoken_of_before() -> None:
    """In this message or in an earlier turn."""
    call = ToolCall(id="c", name="write_file", arguments='{"path": "old.txt", "content": ""}')
    odd = ToolCall(id="d", name="list_directory", arguments="{}")
    said = (_user("crea old.txt"), *_done(call, "{}"), *_done(odd, "[]"), ChatMessage(role="assistant", content="ok"))
    assert _arguments(_next(*said, _user("bórralo"))) == {"path": "old.txt"}
    assert _next(_user("bórralo")) == "¿Qué archivo? Dime su nombre, por ejemplo: notas.txt."


def test_what_no_tool_does_is_said() -> None:
    """With what can be done beside it."""
    assert _next(_user("ejecuta ls")) == "No tengo una herramienta para eso en este espacio de trabajo."
    assert _next(_user("list the files"), tools=()) == "I have no tool for that in this workspace."


def test_what_asks_for_nothing_is_answered_with_what_can_be_done() -> None:
    """In the language of the person."""
    assert str(_next(_user("hola, ¿qué tal?"))).startswith("Puedo crear")
    assert str(_next(_user("hello, how are you?"))).startswith("I can create")
    assert str(_next()).startswith("Puedo crear")


def test_arguments_are_named_as_the_tool_has_them() -> None:
    """A file without a name or content has a plain one; adding needs a tool that adds."""
    assert _arguments(_next(_user("crea un archivo"))) == {"path": "nuevo.txt", "content": ""}
    assert _arguments(_next(_user("busca hola en la carpeta docs"))) == {"query": "hola", "path": "docs"}
    assert _arguments(_next(_user("fetch https://x.org/a"))) == {"url": "https://x.org/a", "method": "GET"}
    adding = Tool(
        name="write_file", description="", parameters={"properties": {"path": {}, "content": {}, "append": {}}}
    )
    assert _arguments(_next(_user('añade "x" a a.txt'), tools=(adding,))) == {
        "path": "a.txt",
        "content": "x",
        "append": True,
    }
