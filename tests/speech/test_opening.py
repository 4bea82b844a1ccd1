import pytest

from smarthealth.speech.espeak import find_espeak
from smarthealth.speech.opening import open_speech
from smarthealth.speech.settings import SpeechSettings, SttProvider, TtsProvider


@pytest.mark.parametrize(("stt", "name"), [("assemblyai", "assemblyai/"), ("openai", "openai/"), ("none", None)])
async def test_hearing_is_opened_as_configured(stt: SttProvider, name: str | None) -> None:
    """Nothing is connected yet."""
    async with open_speech(SpeechSettings(stt=stt, tts="none", assemblyai_key="k", openai_key="k")) as ports:
        assert (ports.hearing is None) is (name is None)
        assert ports.hearing is None or name is None or ports.hearing.name.startswith(name)
        assert ports.speaking is None


@pytest.mark.parametrize("tts", ["cartesia", "elevenlabs", "openai", "none"])
async def test_speaking_is_opened_as_configured(tts: TtsProvider) -> None:
    """Nothing is connected yet."""
    settings = SpeechSettings(stt="none", tts=tts, cartesia_key="k", elevenlabs_key="k", openai_key="k")
    async with open_speech(settings) as ports:
        assert (ports.speaking.name.split("/")[0] if ports.speaking else "none") == tts


async def test_espeak_is_opened_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It needs no key."""
    for module in ("settings", "opening"):
        monkeypatch.setattr(f"smarthealth.speech.{module}.find_espeak", lambda: find_espeak() or "espeak-ng")
    async with open_speech(SpeechSettings(tts="espeak")) as ports:
        assert ports.speaking is not None
        assert ports.speaking.name == "espeak-ng"


async def test_what_cannot_be_opened_is_told() -> None:
    """At the start."""
    with pytest.raises(ValueError, match="needs"):
        async with open_speech(SpeechSettings(stt="assemblyai")):
            pass
