"""From the environment to frozen settings, read once.

Each part of the program owns its settings class; a field that people may set carries `metadata={"env": NAME, "help": TEXT}`.
This module alone knows where values come from: the process environment first, then a `.env` file, then the default.
"""

from __future__ import annotations

import os
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import attrs
from dotenv import dotenv_values

from smarthealth.apps.doctor.settings import DoctorSettings
from smarthealth.apps.records.settings import RecordsSettings
from smarthealth.apps.support.settings import SupportSettings
from smarthealth.apps.taxi.settings import TaxiSettings
from smarthealth.apps.taxi.voice.settings import VoiceSettings
from smarthealth.apps.workspace.settings import WorkspaceSettings
from smarthealth.apps.workspace.tools.settings import WorkspaceToolSettings
from smarthealth.conversation.settings import ConversationSettings
from smarthealth.llm.settings import ModelSettings
from smarthealth.server.settings import ServerSettings
from smarthealth.speech.settings import SpeechSettings
from smarthealth.storage.settings import DatabaseSettings

DATA_FOLDER = Path("~/.local/share/smarthealth")
MASK = "********"

T = typing.TypeVar("T")


class SettingsError(Exception):
    """A setting has a value that cannot be used; says which one and why, without repeating a secret."""


@attrs.frozen(kw_only=True)
class GeneralSettings:
    """What belongs to the whole program."""

    data: Path = attrs.field(
        default=DATA_FOLDER,
        metadata={"env": "SMARTHEALTH_DATA", "help": "folder for the embedded database, the index and the secret"},
    )
    redis_url: str | None = attrs.field(
        default=None,
        repr=False,
        metadata={
            "env": "SMARTHEALTH_REDIS_URL",
            "help": "reserved for fan-out between processes; the records application needs none",
            "secret": True,
        },
    )


@attrs.frozen(kw_only=True)
class Settings:
    """Every part's settings."""

    general: GeneralSettings
    database: DatabaseSettings
    model: ModelSettings
    conversation: ConversationSettings
    records: RecordsSettings
    doctor: DoctorSettings
    taxi: TaxiSettings
    speech: SpeechSettings
    voice: VoiceSettings
    workspace: WorkspaceSettings
    workspace_tools: WorkspaceToolSettings
    support: SupportSettings
    server: ServerSettings


@attrs.frozen(kw_only=True)
class Explained:
    """One setting as `smarthealth settings` shows it; secrets are masked already."""

    name: str
    value: str
    source: typing.Literal["environment", ".env", "default"]
    default: str
    meaning: str


@attrs.frozen(kw_only=True)
class Environment:
    """Where raw values come from."""

    process: Mapping[str, str]
    file: Mapping[str, str]

    def lookup(self, name: str) -> tuple[str, typing.Literal["environment", ".env"]] | None:
        """The raw value of a variable and its source; an empty value counts as unset."""
        if value := self.process.get(name):
            return value, "environment"
        if value := self.file.get(name):
            return value, ".env"
        return None


def read_environment(overrides: Mapping[str, str] | None = None, folder: Path | None = None) -> Environment:
    """Read the process environment and the `.env` file of a folder (the current one by default).

    Args:
        overrides: Variables from the command line, which win.
        folder: Where the file is.
    """
    path = (folder or Path.cwd()) / ".env"
    file = dotenv_values(path, interpolate=False) if path.is_file() else {}
    return Environment(
        process={**os.environ, **(overrides or {})}, file={name: value for name, value in file.items() if value}
    )


def load_settings(environment: Environment) -> Settings:
    """Build every part's settings.

    Raises:
        SettingsError: A value is malformed or out of range.
    """
    return Settings(**{part.name: _read_part(part_class, environment) for part, part_class in _parts()})


def explain_settings(environment: Environment) -> list[Explained]:
    """Every setting with its value, source, default and meaning.

    Raises:
        SettingsError: A value is malformed or out of range.
    """
    settings = load_settings(environment)
    return [
        _explain(field, getattr(settings, part.name), environment)
        for part, part_class in _parts()
        for field in _settable(part_class)
    ]


def _parts() -> Iterator[tuple[attrs.Attribute[typing.Any], type]]:
    hints = typing.get_type_hints(Settings)
    for part in attrs.fields(Settings):
        yield part, hints[part.name]


def _settable(part: type) -> list[attrs.Attribute[typing.Any]]:
    return [field for field in attrs.fields(part) if "env" in field.metadata]


def _read_part(part: type[T], environment: Environment) -> T:
    hints = typing.get_type_hints(part)
    values: dict[str, object] = {}
    for field in _settable(part):
        found = environment.lookup(field.metadata["env"])
        if found is not None:
            values[field.alias or field.name] = _convert(field, hints[field.name], found[0])
    try:
        return part(**values)
    except ValueError as error:
        raise SettingsError(str(error)) from None


def _convert(field: attrs.Attribute[typing.Any], hint: object, raw: str) -> object:
    name = field.metadata["env"]
    try:
        return _reader(hint)(raw)
    except ValueError:
        shown = "" if _is_secret(field) else f" {raw!r}"
        raise SettingsError(f"{name}:{shown} is not {_kind(hint)}") from None


def _reader(hint: object) -> Callable[[str], object]:
    """How text becomes a value of a field's type."""
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return _reader(next(member for member in typing.get_args(hint) if member is not type(None)))
    if origin in (tuple, frozenset):
        member = _reader(typing.get_args(hint)[0])
        collect = typing.cast(Callable[[object], object], origin)
        return lambda raw: collect(member(part.strip()) for part in raw.split(",") if part.strip())
    if origin is typing.Literal:
        return lambda raw: _choice(raw, typing.get_args(hint))
    if hint is bool:
        return _boolean
    if hint is Path:
        return lambda raw: Path(raw).expanduser()
    return typing.cast(Callable[[str], object], hint)


def _choice(raw: str, options: tuple[object, ...]) -> str:
    if raw not in options:
        raise ValueError(raw)
    return raw


def _boolean(raw: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    try:
        return known[raw.lower()]
    except KeyError:
        raise ValueError(raw) from None


def _kind(hint: object) -> str:
    if typing.get_origin(hint) is typing.Literal:
        return "one of " + ", ".join(map(str, typing.get_args(hint)))
    names: dict[object, str] = {int: "a whole number", float: "a number", bool: "true or false"}
    members = [member for member in typing.get_args(hint) if member is not type(None)]
    return names.get(members[0] if members else hint, "valid")


def _is_secret(field: attrs.Attribute[typing.Any]) -> bool:
    return bool(field.metadata.get("secret"))


def _explain(field: attrs.Attribute[typing.Any], part: object, environment: Environment) -> Explained:
    found = environment.lookup(field.metadata["env"])
    default: object = field.default
    return Explained(
        name=field.metadata["env"],
        value=_show(getattr(part, field.name), secret=_is_secret(field)),
        source=found[1] if found else "default",
        default=_show(default, secret=False),
        meaning=field.metadata["help"],
    )


def _show(value: object, *, secret: bool) -> str:
    if value is None or value == () or value is attrs.NOTHING:
        return "not set"
    if secret:
        return MASK
    if isinstance(value, tuple | frozenset):
        return ",".join(sorted(map(str, value)))
    return str(value)
