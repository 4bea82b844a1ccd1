"""Writes docs/reference/actors.md from the code: `python tests/docs/actors_reference.py`.

Signatures, fields, bounds and docstrings are taken as they stand in the source, so that the page cannot say anything else; a test
compares the two.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "actors.md"
ACTORS = "smarthealth.actors"
Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
INTRODUCTION = """# Reference: actors

Every public name, as the code has it: `python tests/docs/actors_reference.py` writes this page, and a test holds it to the code.
Durations are seconds, sizes are numbers of messages or items. Names that are not here, and all that begin with an underscore, may
change at any time. [The tutorial](../tutorial/actors.md) and [the how-to](../how-to/actors.md) show their use.
"""
GROUPS: Mapping[str, str] = {
    "A system and its children": (
        "open_system System ChildSpec Supervisor DynamicSupervisor Restart Strategy Backoff SupervisorRef"
    ),
    "Actors and messages": "Actor Asleep Context ActorRef Request Mailbox Overflow Down Topic",
    "Pipelines": "Pipeline Stage",
    "Watching": "Instrument ActorSnapshot",
    "Errors": (
        "ActorError ActorFailed ActorStopped AskTimeout AskCycle MailboxFull NameTaken SupervisorFull StageTimeout "
        "SupervisionError"
    ),
}
"""Names of the package, by what they are for, in the order in which they are shown."""
REACHED: Mapping[str, tuple[str, ...]] = {
    "event_stream": ("EventStream",),
    "refs": ("Monitor",),
    "registry": ("Registry",),
    "keyed_timers": ("KeyedTimers",),
    "topics": ("TopicStream",),
    "pipeline": ("Line",),
    "stages": ("StageReport",),
    "errors": ("StashFull", "TopicFull"),
}
"""What one is given, and does not import, by module."""
BOUNDS = (
    (r"\[?optional\((.*)\)\]?", r"None, or \1"),
    (r"ge\(([^()]*)\)", r"≥ \1"),
    (r"gt\(([^()]*)\)", r"> \1"),
    (r"le\(([^()]*)\)", r"≤ \1"),
    (r"min_len\(1\)", "not empty"),
    (r"matches_re\('\[\^/\]\+'\)", "not empty, no `/`"),
)
"""Validators, as people say them."""


def parsed(module: str) -> ast.Module:
    """A module's source; it is not imported, as it may need what is not installed."""
    spec = importlib.util.find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    return ast.parse(Path(spec.origin).read_text(encoding="utf-8"))


def definitions(module: str) -> dict[str, Definition]:
    """Classes and functions that a module defines; its private classes are merged into those made of them."""
    nodes = {node.name: node for node in parsed(module).body if isinstance(node, Definition)}
    for node in nodes.values():
        for base in [*node.bases] if isinstance(node, ast.ClassDef) else ():
            private = nodes.get(ast.unparse(base)) if ast.unparse(base).startswith("_") else None
            if isinstance(node, ast.ClassDef) and isinstance(private, ast.ClassDef):
                node.bases, node.body = private.bases, [*node.body, *private.body[1:]]
    return {name: node for name, node in nodes.items() if not name.startswith("_")}


def unmarked(node: ast.AST | None) -> str:
    """Source of an expression, without the marks of type variables' variance and quotes around types."""
    return "" if node is None else re.sub(r"_(co|contra)\b", "", ast.unparse(node)).strip("'\"")


def signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """How it is called."""
    node.args.args = [argument for argument in node.args.args if argument.arg not in ("self", "cls")]
    arguments, returned = unmarked(node.args).replace("=", " = "), unmarked(node.returns)
    waiting = "async " * isinstance(node, ast.AsyncFunctionDef)
    if is_made(node, "asynccontextmanager", "contextmanager"):
        entered = re.sub(r"^(Async)?Iterator\[(.*)\]$", r"\2", returned)
        return f"{waiting}with {node.name}({arguments}){'' if entered == 'None' else f' as {entered}'}"
    return f"{waiting}{node.name}({arguments}) -> {returned}"


def prose(docstring: str) -> str:
    """A docstring as Markdown: its sections become lists."""
    text = re.sub(r"^(Args|Attributes):$", "", docstring, flags=re.MULTILINE)
    text = re.sub(r"^(Raises|Returns|Yields):$", r"\1:\n", text, flags=re.MULTILINE)
    text = re.sub(r"^    (\w+): ", r"- `\1`: ", text, flags=re.MULTILINE)
    text = re.sub(r"^        (?=\S)", "  ", text, flags=re.MULTILINE)
    text = re.sub(r"^    (?=\S)", "", text, flags=re.MULTILINE)
    text = re.sub(r"^::$", "", text, flags=re.MULTILINE)
    text = re.sub(r"(?<=\w)_(co|contra)\b", "", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def documented(node: Definition | ast.Module) -> str:
    """Its docstring as Markdown."""
    return prose(ast.get_docstring(node) or "")


def fields(node: ast.ClassDef) -> Iterator[str]:
    """Fields and members, with defaults, bounds and what is said under them."""
    for statement, following in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            name, shown = statement.target.id, field(statement)
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            name, shown = statement.targets[0].id, ""
        else:
            continue
        if name.startswith("_") or "ClassVar" in shown:
            continue
        yield f"- `{name}{shown.partition('|bounds|')[0]}`{said(shown, following)}"


def attributes(node: ast.ClassDef) -> Iterator[str]:
    """What `__init__` sets and says something about."""
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and method.name == "__init__":
            for statement, following in pairwise(method.body):
                words = said("", following)
                if isinstance(statement, ast.Assign | ast.AnnAssign) and words:
                    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
                    name = ast.unparse(target).removeprefix("self.")
                    yield from () if name.startswith("_") else [f"- `{name}`{words}"]


def constructor(node: ast.ClassDef) -> str:
    """How an object is made, if the class tells of arguments."""
    makers = [method for method in node.body if isinstance(method, ast.FunctionDef) and method.name == "__init__"]
    if not makers or "Args:" not in (ast.get_docstring(node) or ""):
        return ""
    return f", made by `{node.name}{signature(makers[0]).removeprefix('__init__').removesuffix(' -> None')}`"


def field(statement: ast.AnnAssign) -> str:
    """Type, default and bounds of a field."""
    default, bounds = unmarked(statement.value), ""
    if isinstance(statement.value, ast.Call) and ast.unparse(statement.value.func) == "attrs.field":
        keywords = {keyword.arg: ast.unparse(keyword.value) for keyword in statement.value.keywords}
        default, bounds = keywords.get("default", ""), keywords.get("validator", "")
        for pattern, words in BOUNDS:
            bounds = re.sub(pattern, words, bounds)
    return f": {unmarked(statement.annotation)}{f' = {default}' if default else ''}|bounds|{bounds.strip('[]')}"


def said(shown: str, following: ast.stmt | None) -> str:
    """What a field's bounds and the string under it say."""
    bounds = shown.partition("|bounds|")[2]
    words = f" ({bounds})" if bounds else ""
    if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
        text = " ".join(str(following.value.value).split())
        words += f": {text}"
    return words


def is_made(node: ast.FunctionDef | ast.AsyncFunctionDef, *decorators: str) -> bool:
    """Whether one of these decorates it."""
    return any(ast.unparse(decorator) in decorators for decorator in node.decorator_list)


def members(node: ast.ClassDef) -> Iterator[str]:
    """Methods and properties."""
    for method in node.body:
        if not isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) or method.name.startswith("_"):
            continue
        shown = f"{method.name}: {unmarked(method.returns)}" if is_made(method, "property") else signature(method)
        yield f"- **`{shown}`**\n\n{textwrap.indent(documented(method), '  ')}\n"


def title(node: Definition) -> str:
    """Its name, with what it is a kind of."""
    if not isinstance(node, ast.ClassDef):
        return node.name
    bases = [unmarked(base) for base in node.bases if unmarked(base) != "Protocol"]
    return f"{node.name}({', '.join(bases)})" if bases else node.name


def entry(node: Definition) -> str:
    """All about one name."""
    lines = [f"### {node.name}", ""]
    if isinstance(node, ast.ClassDef):
        by_name = any("kw_only=True" in ast.unparse(decorator) for decorator in node.decorator_list)
        remark = ", frozen, arguments by name" if by_name else constructor(node)
        fields_and_more = [*fields(node), *attributes(node), "", *members(node)]
        lines += [f"`class {title(node)}`{remark}", "", documented(node), "", *fields_and_more]
    else:
        lines += [f"`{signature(node)}`", "", documented(node)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def public_names(package: str) -> dict[str, str]:
    """What a package exports, and the module of each name."""
    root = importlib.import_module(package)
    return {name: getattr(root, name).__module__ for name in root.__all__}


def root_entries() -> Iterator[str]:
    """Names of the package itself, by what they are for; those that no group has come last."""
    modules = public_names(ACTORS)
    grouped = " ".join(GROUPS.values()).split()
    others = " ".join(name for name in modules if name not in grouped)
    for heading, names in {**GROUPS, "Others": others}.items():
        if names:
            yield f"## {heading}\n\n`from {ACTORS} import {', '.join(names.split())}`\n"
            yield from (entry(definitions(modules[name])[name]) for name in names.split())


def module_entries(name: str) -> Iterator[str]:
    """All names of a module that the package itself does not export."""
    yield f"## {name}\n\n{documented(parsed(name))}\n"
    exported = public_names(ACTORS)
    yield from (entry(node) for public, node in definitions(name).items() if public not in exported)


def package_entries(name: str) -> Iterator[str]:
    """All names that a package exports."""
    yield f"## {name}\n\n{documented(parsed(name))}\n"
    for public, module in sorted(public_names(name).items(), key=lambda pair: pair[0].lower()):
        yield entry(definitions(module)[public])


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION, *root_entries(), "## What one is given\n\nThese are returned by others and not imported.\n"]
    for module, names in REACHED.items():
        found = definitions(f"{ACTORS}.{module}")
        parts += [entry(found[name]) for name in names]
    for module in ("events", "snapshot", "instruments.metrics", "instruments.opentelemetry"):
        parts += module_entries(f"{ACTORS}.{module}")
    return "\n".join([*parts, *package_entries(f"{ACTORS}.testing")])


def main(arguments: list[str]) -> str | None:
    """Write the page, or with `--check` say what is to be done when it is not what would be written."""
    if "--check" not in arguments:
        PAGE.write_text(page(), encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != page():
        return "docs/reference/actors.md is not what the code says: run `python tests/docs/actors_reference.py`"
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
