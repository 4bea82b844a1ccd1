"""Says what came of the steps, from the results of the tools alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from .phrases import Language
from .understanding import Step

MOST_LISTED: Final = 50
"""Names that an answer lists."""

_TEXTS: Final[Mapping[Language, Mapping[str, str]]] = {
    "es": {
        "write": "Archivo {path} creado exitosamente.",
        "append": "Texto añadido a {path}.",
        "read": "Contenido de {path}:\n{text}",
        "read_empty": "El archivo {path} está vacío.",
        "list": "Archivos ({count}):\n{lines}",
        "list_empty": "No hay archivos.",
        "search": "«{query}» aparece en ({count}):\n{lines}",
        "search_empty": "No encontré «{query}».",
        "delete": "Archivo {path} eliminado.",
        "info": "Información de {path}:\n{lines}",
        "run": "Salida del comando:\n{text}",
        "run_empty": "El comando terminó sin salida.",
        "run_failed": "El comando terminó con el código {code}:\n{text}",
        "run_failed_empty": "El comando terminó con el código {code}, sin salida.",
        "run_ended": "El comando fue terminado por la señal {code}:\n{text}",
        "run_ended_empty": "El comando fue terminado por la señal {code}, sin salida.",
        "errors": "Errores:\n{text}",
        "all_in": "Toda la salida está en {path}.",
        "fetch": "Respuesta de {url}:\n{text}",
        "fetch_empty": "Respuesta de {url}: vacía.",
        "fetch_failed": "{url} respondió con el código {code}:\n{text}",
        "fetch_failed_empty": "{url} respondió con el código {code}, sin contenido.",
        "part": "… (primera parte de {size} bytes)",
        "failed": "No se pudo completar «{what}»: {reason}",
        "more": "- … y {count} más",
        "missing_path": "¿Qué archivo? Dime su nombre, por ejemplo: {example}.",
        "missing_query": "¿Qué texto busco?",
        "missing_command": "¿Qué comando ejecuto?",
        "no_folder": "Las carpetas se crean al escribir un archivo en ellas, por ejemplo: crea docs/notas.txt.",
        "no_tool": "No tengo una herramienta para eso en este espacio de trabajo.",
        "help": (
            "Puedo crear, leer, listar, buscar y eliminar archivos, y decir su tamaño y fechas. "
            "Por ejemplo: «crea notas.txt con el contenido hola», «lee notas.txt», «busca hola», «borra notas.txt»."
        ),
    },
    "en": {
        "write": "File {path} created.",
        "append": "Text added to {path}.",
        "read": "Content of {path}:\n{text}",
        "read_empty": "The file {path} is empty.",
        "list": "Files ({count}):\n{lines}",
        "list_empty": "There are no files.",
        "search": "“{query}” appears in ({count}):\n{lines}",
        "search_empty": "I did not find “{query}”.",
        "delete": "File {path} deleted.",
        "info": "Information about {path}:\n{lines}",
        "run": "Output of the command:\n{text}",
        "run_empty": "The command ended without output.",
        "run_failed": "The command ended with code {code}:\n{text}",
        "run_failed_empty": "The command ended with code {code}, without output.",
        "run_ended": "The command was ended by signal {code}:\n{text}",
        "run_ended_empty": "The command was ended by signal {code}, without output.",
        "errors": "Errors:\n{text}",
        "all_in": "All of the output is in {path}.",
        "fetch": "Answer of {url}:\n{text}",
        "fetch_empty": "Answer of {url}: empty.",
        "fetch_failed": "{url} answered with status {code}:\n{text}",
        "fetch_failed_empty": "{url} answered with status {code}, without content.",
        "part": "… (first part of {size} bytes)",
        "failed": "“{what}” could not be done: {reason}",
        "more": "- … and {count} more",
        "missing_path": "Which file? Tell me its name, for example: {example}.",
        "missing_query": "Which text shall I look for?",
        "missing_command": "Which command shall I run?",
        "no_folder": "Folders are made by writing a file in them, for example: create docs/notes.txt.",
        "no_tool": "I have no tool for that in this workspace.",
        "help": (
            "I can create, read, list, search and delete files, and tell their size and dates. "
            "For example: “create notes.txt with the content hello”, “read notes.txt”, “search for hello”, “delete notes.txt”."
        ),
    },
}  # fmt: skip
_WRONG_STATUS: Final = 400
"""Statuses of HTTP from here on say that a request failed (RFC 9110, section 15)."""
_EXAMPLES: Final[Mapping[Language, str]] = {"es": "notas.txt", "en": "notes.txt"}
_LISTS: Final = ("entries", "files", "items", "matches", "results", "lines")
"""Names under which tools give lists."""
_TEXT_NAMES: Final = ("content", "output", "stdout", "body", "text", "excerpt")
"""Names under which tools give text."""


def text(language: Language, name: str, **values: object) -> str:
    """One sentence."""
    return _TEXTS[language][name].format(**values)


def ask_back(step: Step) -> str | None:
    """What is missing to do a step, None when nothing is."""
    if step.intent in ("read", "delete", "info", "append") and step.path is None:
        return text(step.language, "missing_path", example=_EXAMPLES[step.language])
    if step.intent == "search" and step.content is None:
        return text(step.language, "missing_query")
    if step.intent == "folder":
        return text(step.language, "no_folder")
    if step.intent in ("run", "fetch") and not (step.content or step.url):
        return text(step.language, "missing_command")
    return None


def say(step: Step, content: str) -> str:
    """What came of one step.

    Args:
        step: What was asked for.
        content: The tool's answer, as the model reads it.
    """
    value = _parsed(content)
    if isinstance(value, dict) and isinstance(value.get("error"), str) and len(value) == 1:
        what = step.path or step.content or step.url or step.intent
        return text(step.language, "failed", what=what, reason=value["error"])
    known = {"path": step.path or ".", "query": step.content, "url": step.url}
    if isinstance(value, dict) and isinstance(value.get("path"), str):
        known["path"] = value["path"]
    if step.intent in ("write", "append", "delete"):
        return text(step.language, step.intent, **known)
    if step.intent in ("list", "search"):
        lines = list(_lines(_listed(value)))
        if not lines:
            return text(step.language, f"{step.intent}_empty", **known)
        return text(step.language, step.intent, count=len(lines), lines=_shortened(lines, step.language), **known)
    if step.intent == "info" and isinstance(value, dict):
        lines = [f"- {name}: {_plain(item)}" for name, item in value.items() if name != "path"]
        return text(step.language, "info", lines="\n".join(lines), **known)
    if step.intent == "run":
        return _run(step.language, value)
    if step.intent == "fetch":
        return _fetched(step.language, value, known["url"])
    return _contents(step.language, value, known["path"])


def _contents(language: Language, value: Any, path: str | None) -> str:
    """What a file says, or its beginning."""
    shown = _shown(value).rstrip("\n")
    if not shown:
        return text(language, "read_empty", path=path)
    if isinstance(value, dict) and "next_offset" in value:
        shown += "\n" + text(language, "part", size=value.get("size"))
    return text(language, "read", path=path, text=shown)


def _run(language: Language, value: Any) -> str:
    """What a command wrote, and how it ended when that was not well."""
    if not isinstance(value, dict):
        shown = _shown(value).rstrip("\n")
        return text(language, "run" if shown else "run_empty", text=shown)
    code = value.get("exit_code")
    output, errors = (str(value.get(name) or "").rstrip("\n") for name in ("stdout", "stderr"))
    shown = output or ("" if "stdout" in value else _shown(value).rstrip("\n"))
    if errors:
        shown = f"{shown}\n\n{text(language, 'errors', text=errors)}" if shown else errors
    name = "run" if not isinstance(code, int) or code == 0 else "run_failed" if code > 0 else "run_ended"
    told = [text(language, name if shown else f"{name}_empty", text=shown, code=abs(code or 0))]
    if isinstance(value.get("stopped"), str):
        told.append(value["stopped"])
    if isinstance(value.get("output_file"), str):
        told.append(text(language, "all_in", path=value["output_file"]))
    return "\n\n".join(told)


def _fetched(language: Language, value: Any, url: str | None) -> str:
    """What a host answered, and its status when that is a refusal or a failure."""
    status = value.get("status") if isinstance(value, dict) else None
    name = "fetch_failed" if isinstance(status, int) and status >= _WRONG_STATUS else "fetch"
    shown = _shown(value).rstrip("\n")
    return text(language, name if shown else f"{name}_empty", url=url, code=status, text=shown)


def _parsed(content: str) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content


def _listed(value: Any) -> Sequence[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return next((value[name] for name in _LISTS if isinstance(value.get(name), list)), [])
    return [line for line in str(value).splitlines() if line.strip()]


def _lines(items: Sequence[Any]) -> Iterator[str]:
    for item in items:
        if not isinstance(item, dict):
            yield f"- {_plain(item)}"
            continue
        name = str(next((item[key] for key in ("path", "name", "file") if key in item), ""))
        where = f"{name}:{item['line']}" if "line" in item else name
        said = next((str(item[key]).strip() for key in ("text", "excerpt", "content", "snippet") if item.get(key)), "")
        size = f" ({item['size']} bytes)" if isinstance(item.get("size"), int) else ""
        yield f"- {where}{': ' + said if said else size}"


def _shortened(lines: Sequence[str], language: Language) -> str:
    shown = list(lines[:MOST_LISTED])
    if len(lines) > len(shown):
        shown.append(text(language, "more", count=len(lines) - len(shown)))
    return "\n".join(shown)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        found = next((value[name] for name in _TEXT_NAMES if isinstance(value.get(name), str)), None)
        return found if found is not None else json.dumps(value, ensure_ascii=False)
    return _plain(value)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
