from smarthealth.speech.ports import (
    HEARING_RATE_HZ,
    SAMPLE_BYTES,
    SPEAKING_RATE_HZ,
    FinalTranscript,
    PartialTranscript,
    TranscriptEvent,
)


def test_audio_has_one_form_on_each_side() -> None:
    """16 kHz in, 24 kHz out, two bytes a sample: what the wire of the taxi says."""
    assert (HEARING_RATE_HZ, SPEAKING_RATE_HZ, SAMPLE_BYTES) == (16_000, 24_000, 2)


def test_events_are_values() -> None:
    """Two events that say the same are the same; a partial is never a final."""
    assert PartialTranscript(segment=0, text="hola") == PartialTranscript(segment=0, text="hola")
    events: list[TranscriptEvent] = [PartialTranscript(segment=0, text="h"), FinalTranscript(segment=0, text="h")]
    assert events[0] != events[1]
