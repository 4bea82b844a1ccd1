"""Opens the speech that the settings ask for; the one place that chooses between providers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import attrs

from .espeak import EspeakTextToSpeech, find_espeak
from .ports import SpeechToText, TextToSpeech
from .settings import SpeechSettings


@attrs.frozen(kw_only=True)
class SpeechPorts:
    """Who hears and who speaks; None is nobody, and text is passed through."""

    hearing: SpeechToText | None
    speaking: TextToSpeech | None


@asynccontextmanager
async def open_speech(settings: SpeechSettings) -> AsyncIterator[SpeechPorts]:
    """Open what is configured; nothing is connected before it is used.

    Raises:
        ValueError: What is asked for has no key or is not installed.
    """
    async with AsyncExitStack() as stack:
        yield SpeechPorts(hearing=await _open_hearing(settings, stack), speaking=await _open_speaking(settings, stack))


async def _open_hearing(settings: SpeechSettings, stack: AsyncExitStack) -> SpeechToText | None:
    # Imported where needed: the SDK takes half a second to load.
    match settings.chosen_stt():
        case "assemblyai":
            from .assemblyai import AssemblyAISpeechToText

            return AssemblyAISpeechToText(settings)
        case "openai":
            from .openai_audio import OpenAISpeechToText, open_client

            return OpenAISpeechToText(settings, await stack.enter_async_context(open_client(settings)))
        case _:
            return None


async def _open_speaking(settings: SpeechSettings, stack: AsyncExitStack) -> TextToSpeech | None:
    match settings.chosen_tts():
        case "cartesia":
            from .cartesia import CartesiaTextToSpeech

            return CartesiaTextToSpeech(settings)
        case "elevenlabs":
            from .elevenlabs import ElevenLabsTextToSpeech

            return ElevenLabsTextToSpeech(settings)
        case "openai":
            from .openai_audio import OpenAITextToSpeech, open_client

            return OpenAITextToSpeech(settings, await stack.enter_async_context(open_client(settings)))
        case "espeak":
            program = find_espeak()
            assert program is not None, "the settings have looked"
            return EspeakTextToSpeech(program)
        case _:
            return None
