"""Writes what a model would: the next call that a person's words ask for, or, when all are made, what came of them.

It knows of the conversation what a model knows: the request. Which step is next follows from the calls made since the person
spoke, so that it carries on where it was whoever asks it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from smarthealth.llm.offline import Piece
from smarthealth.llm.port import ChatMessage, ChatRequest, Tool, ToolCall

from .answering import ask_back, say, text
from .phrases import Intent, Language
from .understanding import Step, understand

_TOOLS: Final[Mapping[Intent, Sequence[str]]] = {
    "write": ("write_file",),
    "append": ("append_file", "write_file"),
    "folder": (),
    "read": ("read_file",),
    "list": ("list_directory",),
    "search": ("search_files",),
    "delete": ("delete_file",),
    "info": ("get_file_info",),
    "run": ("execute_command",),
    "fetch": ("http_request",),
}
_NAMES: Final[Mapping[str, Sequence[str]]] = {
    "path": ("path", "file", "filename", "directory", "folder"),
    "content": ("content", "text", "query", "pattern", "command"),
    "url": ("url",),
    "method": ("method",),
}
"""What a step holds, and the names that a tool's arguments may have for it."""
_NEW_FILE: Final[Mapping[Language, str]] = {"es": "nuevo.txt", "en": "new.txt"}
_ENGLISH: Final = frozenset({"the", "you", "hello", "hi", "what", "who", "how", "please", "can", "is", "are", "thanks"})


def compose(request: ChatRequest) -> Iterator[Piece]:
    """Write the next answer."""
    begin = max((at for at, message in enumerate(request.messages) if message.role == "user"), default=None)
    words = request.messages[begin].content if begin is not None else ""
    before, since = request.messages[: begin or 0], request.messages[(begin or 0) + 1 :]
    steps = understand(words, known=_last_path(before))
    answers = [message.content for message in since if message.role == "tool"]
    if not steps:
        yield text(_language_of(words), "help")
        return
    tools = {tool.name: tool for tool in request.tools}
    said: list[str] = []
    answered = iter(answers)
    for number, step in enumerate(steps):
        call = _call(step, tools, number)
        missing = ask_back(step) or (text(step.language, "no_tool") if call is None else None)
        if missing is not None:
            said.append(missing)
            continue
        content = next(answered, None)
        if content is None and call is not None:
            yield call
            return
        said.append(say(step, content or ""))
    yield "\n\n".join(said)


def _call(step: Step, tools: Mapping[str, Tool], number: int) -> ToolCall | None:
    """The call that a step asks for; None when no tool does it."""
    tool = next((tools[name] for name in _TOOLS[step.intent] if name in tools), None)
    if tool is None:
        return None
    properties: Mapping[str, Any] = tool.parameters.get("properties", {})  # type: ignore[assignment] # a JSON schema
    values: dict[str, object] = {"path": step.path, "content": step.content, "url": step.url}
    if step.intent == "write":
        values |= {"path": step.path or _NEW_FILE[step.language], "content": step.content or ""}
    if step.intent == "fetch":
        values["method"] = step.method
    arguments: dict[str, object] = {}
    for role, value in values.items():
        name = next((name for name in _NAMES[role] if name in properties), None)
        if name is not None and value is not None:
            arguments[name] = value
    if step.intent == "append" and "append" in properties:
        arguments["append"] = True
    return ToolCall(id=f"call_{number + 1}", name=tool.name, arguments=json.dumps(arguments, ensure_ascii=False))


def _last_path(messages: Sequence[ChatMessage]) -> str | None:
    """The file that a call was about last."""
    for message in reversed(messages):
        for call in reversed(message.tool_calls):
            path = json.loads(call.arguments).get("path")
            if isinstance(path, str):
                return path
    return None


def _language_of(words: str) -> Language:
    return "en" if _ENGLISH.intersection(words.lower().replace("?", " ").replace(",", " ").split()) else "es"
