import pytest

from smarthealth.speech.settings import SpeechSettings, SttProvider, TtsProvider


def test_without_keys_text_is_passed_through() -> None:
    """Nobody hears and nobody speaks, and nothing has to be set for that."""
    settings = SpeechSettings()
    assert (settings.chosen_stt(), settings.chosen_tts()) == ("none", "none")


@pytest.mark.parametrize(
    ("settings", "stt", "tts"),
    [
        (SpeechSettings(assemblyai_key="k"), "assemblyai", "none"),
        (SpeechSettings(cartesia_key="k", elevenlabs_key="k", openai_key="k"), "openai", "cartesia"),
        (SpeechSettings(elevenlabs_key="k", openai_key="k"), "openai", "elevenlabs"),
        (SpeechSettings(openai_key="k"), "openai", "openai"),
        (SpeechSettings(openai_key="k", openai_url="http://localhost:1/v1"), "none", "none"),
        (SpeechSettings(openai_url="http://localhost:1/v1", stt="openai", tts="openai"), "openai", "openai"),
        (SpeechSettings(openai_key="k", stt="none", tts="none"), "none", "none"),
    ],
)
def test_keys_choose_who_hears_and_speaks(settings: SpeechSettings, stt: SttProvider, tts: TtsProvider) -> None:
    """The specialists first; a provider that merely speaks like OpenAI only when it is named."""
    assert (settings.chosen_stt(), settings.chosen_tts()) == (stt, tts)


@pytest.mark.parametrize("provider", ["openai", "cartesia", "elevenlabs"])
def test_who_is_named_needs_a_key(provider: TtsProvider) -> None:
    """The server says so at its start and not at the first word."""
    with pytest.raises(ValueError, match=f"{provider} needs"):
        SpeechSettings(tts=provider).chosen_tts()


def test_espeak_needs_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no key that is missing then."""
    monkeypatch.setattr("smarthealth.speech.settings.find_espeak", lambda: None)
    with pytest.raises(ValueError, match="installed"):
        SpeechSettings(tts="espeak").chosen_tts()
    monkeypatch.setattr("smarthealth.speech.settings.find_espeak", lambda: "/usr/bin/espeak-ng")
    assert SpeechSettings(tts="espeak").chosen_tts() == "espeak"
    with pytest.raises(ValueError, match="ASSEMBLYAI_API_KEY"):
        SpeechSettings(stt="assemblyai").chosen_stt()


def test_values_are_looked_at() -> None:
    """A key fits into a header and is never repeated; an address is one of a WebSocket."""
    assert SpeechSettings(cartesia_key=" k \n").cartesia_key == "k"
    with pytest.raises(ValueError, match="CARTESIA_API_KEY") as raised:
        SpeechSettings(cartesia_key="se cret")
    assert "se cret" not in str(raised.value)
    with pytest.raises(ValueError, match="ELEVENLABS_URL"):
        SpeechSettings(elevenlabs_url="https://x")
    assert "k" not in repr(SpeechSettings(cartesia_key="kkkk")).split("cartesia_url")[0].split("voice_en")[1]


def test_voices_go_by_language() -> None:
    """One for each."""
    settings = SpeechSettings(voice_es="ana", voice_en="joe")
    assert (settings.voice("es"), settings.voice("en")) == ("ana", "joe")
