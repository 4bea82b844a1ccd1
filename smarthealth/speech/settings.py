"""Settings of speech."""

from __future__ import annotations

import re
from typing import Any, Final, Literal

import attrs
from attrs.validators import gt

from .espeak import find_espeak
from .ports import SpeechLanguage

SttProvider = Literal["auto", "none", "openai", "assemblyai"]
TtsProvider = Literal["auto", "none", "openai", "cartesia", "elevenlabs", "espeak"]

ASSEMBLYAI_URL: Final = "wss://streaming.assemblyai.com/v3/ws"
CARTESIA_URL: Final = "wss://api.cartesia.ai/tts/websocket"
ELEVENLABS_URL: Final = "wss://api.elevenlabs.io/v1/text-to-speech"


def _strip(value: str | None) -> str | None:
    return None if value is None else value.strip()


def _fits_a_header(instance: object, attribute: attrs.Attribute[Any], value: str | None) -> None:
    # The message may not repeat the key.
    if value is not None and re.fullmatch(r"[!-~]+", value) is None:
        raise ValueError(f"{attribute.metadata['env']} must be printable ASCII without spaces")


def _is_websocket(instance: object, attribute: attrs.Attribute[Any], value: str) -> None:
    if re.match(r"wss?://[^/\s]", value) is None:
        raise ValueError(f"{attribute.metadata['env']} must begin with wss:// or ws:// and a host")


def _key(name: str, provider: str) -> Any:
    return attrs.field(
        default=None,
        repr=False,
        converter=_strip,
        validator=_fits_a_header,
        metadata={"env": name, "help": f"key of {provider}", "secret": True},
    )


def _url(name: str, default: str, provider: str) -> Any:
    help_text = f"address of {provider}'s WebSocket"
    return attrs.field(default=default, validator=_is_websocket, metadata={"env": name, "help": help_text})


@attrs.frozen(kw_only=True)
class SpeechSettings:
    """Who hears and who speaks. Durations are seconds."""

    stt: SttProvider = attrs.field(
        default="auto",
        metadata={
            "env": "SMARTHEALTH_STT",
            "help": "who transcribes speech; auto takes the one whose key is set, and without any, only typed text is taken",
        },
    )
    tts: TtsProvider = attrs.field(
        default="auto",
        metadata={
            "env": "SMARTHEALTH_TTS",
            "help": "who speaks; auto takes the one whose key is set, and without any, answers are text alone",
        },
    )
    stt_model: str | None = attrs.field(
        default=None,
        metadata={"env": "SMARTHEALTH_STT_MODEL", "help": "model that transcribes, when not the provider's usual one"},
    )
    tts_model: str | None = attrs.field(
        default=None,
        metadata={"env": "SMARTHEALTH_TTS_MODEL", "help": "model that speaks, when not the provider's usual one"},
    )
    voice_es: str | None = attrs.field(
        default=None,
        metadata={"env": "SMARTHEALTH_VOICE_ES", "help": "the provider's name of the voice for Spanish"},
    )
    voice_en: str | None = attrs.field(
        default=None,
        metadata={"env": "SMARTHEALTH_VOICE_EN", "help": "the provider's name of the voice for English"},
    )
    assemblyai_key: str | None = _key("ASSEMBLYAI_API_KEY", "AssemblyAI, which transcribes")
    assemblyai_url: str = _url("ASSEMBLYAI_URL", ASSEMBLYAI_URL, "AssemblyAI")
    cartesia_key: str | None = _key("CARTESIA_API_KEY", "Cartesia, which speaks")
    cartesia_url: str = _url("CARTESIA_URL", CARTESIA_URL, "Cartesia")
    elevenlabs_key: str | None = _key("ELEVENLABS_API_KEY", "ElevenLabs, which speaks")
    elevenlabs_url: str = _url("ELEVENLABS_URL", ELEVENLABS_URL, "ElevenLabs")
    openai_key: str | None = attrs.field(default=None, repr=False)
    """The models' key, which OpenAI's speech is asked with too."""
    openai_url: str | None = None
    """The models' address; None is OpenAI's own."""
    connect_timeout: float = attrs.field(default=5.0, validator=gt(0))
    """For a connection, its TLS and upgrade included."""
    read_timeout: float = attrs.field(default=30.0, validator=gt(0))
    """Between two reads of an answer over HTTP; a safety net below the deadlines of the callers."""

    def voice(self, language: SpeechLanguage) -> str | None:
        """The voice for a language, None for the provider's usual one."""
        return self.voice_es if language == "es" else self.voice_en

    def chosen_stt(self) -> SttProvider:
        """Who transcribes, `auto` decided.

        Raises:
            ValueError: The one that is asked for has no key.
        """
        if self.stt == "auto":
            return "assemblyai" if self.assemblyai_key else "openai" if self._is_openai else "none"
        self._check("SMARTHEALTH_STT", self.stt)
        return self.stt

    def chosen_tts(self) -> TtsProvider:
        """Who speaks, `auto` decided.

        Raises:
            ValueError: The one that is asked for has no key, or is not installed.
        """
        if self.tts == "auto":
            keys: tuple[tuple[TtsProvider, object], ...] = (
                ("cartesia", self.cartesia_key),
                ("elevenlabs", self.elevenlabs_key),
                ("openai", self._is_openai),
            )
            return next((provider for provider, key in keys if key), "none")
        self._check("SMARTHEALTH_TTS", self.tts)
        return self.tts

    @property
    def _is_openai(self) -> bool:
        # who merely speaks like OpenAI often has no audio: such a provider is asked for by name
        return self.openai_key is not None and self.openai_url is None

    def _check(self, setting: str, provider: str) -> None:
        needs = {
            "assemblyai": ("ASSEMBLYAI_API_KEY", self.assemblyai_key),
            "cartesia": ("CARTESIA_API_KEY", self.cartesia_key),
            "elevenlabs": ("ELEVENLABS_API_KEY", self.elevenlabs_key),
            "openai": ("OPENAI_API_KEY or OPENAI_BASE_URL", self.openai_key or self.openai_url),
            "espeak": ("espeak-ng to be installed", provider == "espeak" and find_espeak()),
        }
        what, there = needs.get(provider, ("", True))
        if not there:
            raise ValueError(f"{setting}: {provider} needs {what}")
