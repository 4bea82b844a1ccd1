from base64 import b64decode
from functools import partial

import attrs
import pytest
import trio
from trio.testing import MockClock

from smarthealth.apps.taxi.voice.speaking import FIRST_PIECE_BYTES, Manner, VoicedAnswer, run_answer
from smarthealth.apps.taxi.wire import TtsChunk, TtsEnd
from smarthealth.speech.cartesia import CartesiaTextToSpeech
from smarthealth.speech.elevenlabs import ElevenLabsTextToSpeech
from smarthealth.speech.errors import SpeechCut, SpeechError, SpeechProtocolError, SpeechRefused, SpeechUnavailable
from smarthealth.speech.settings import SpeechSettings
from smarthealth.testing.cartesia import open_cartesia
from smarthealth.testing.elevenlabs import open_elevenlabs
from smarthealth.testing.script import Ending
from smarthealth.testing.speech import Said, ScriptedTextToSpeech


def _always(said: Said, text: str) -> Said:
    return said


@attrs.define(eq=False)
class Listener:
    """Hears an answer."""

    tts: ScriptedTextToSpeech = attrs.field(factory=ScriptedTextToSpeech)
    events: list[tuple[float, TtsChunk | TtsEnd]] = attrs.field(factory=list)
    tokens: int = 0
    audio: int = 0
    answer: VoicedAnswer = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        manner = Manner(tts=self.tts, language="es", voice=None, ahead=5.0, patience=3.0)
        self.answer = VoicedAnswer(1, manner, self.send, now_ms=lambda: 7, on_token=self._token, on_audio=self._audio)

    async def send(self, event: TtsChunk | TtsEnd) -> None:
        """Get an event."""
        await trio.lowlevel.checkpoint()
        self.events.append((trio.current_time(), event))

    def _token(self) -> None:
        self.tokens += 1

    def _audio(self, audio: bytes) -> None:
        self.audio += len(audio)

    @property
    def seconds(self) -> float:
        """Of the audio that came."""
        return sum(len(b64decode(event.audio)) for _, event in self.events if isinstance(event, TtsChunk)) / 48_000

    async def hear(self, *pieces: str) -> None:
        """Hear a whole answer."""
        async with run_answer(self.answer):
            for piece in pieces:
                await self.answer.say(piece)
            await self.answer.finish()


async def test_sentences_are_spoken_as_they_come(autojump_clock: MockClock) -> None:
    """The first one before the second is written; the turn ends when all is played."""
    listener = Listener()
    async with run_answer(listener.answer):
        await listener.answer.say("Claro. ¿A qué")
        await trio.sleep(0.001)
        assert listener.tts.texts == ["Claro."]
        assert listener.events
        await listener.answer.say(" barrio va?")
        await listener.answer.finish()
    assert listener.tts.texts == ["Claro.", "¿A qué barrio va?"]
    assert listener.answer.heard == "Claro. ¿A qué barrio va?"
    assert trio.current_time() == pytest.approx(listener.seconds, abs=0.01)
    assert (listener.tokens, listener.audio) == (1, round(listener.seconds * 48_000))
    assert isinstance(listener.events[-1][1], TtsEnd)


async def test_audio_is_never_more_than_five_seconds_ahead(autojump_clock: MockClock) -> None:
    """Of what the clock says is played."""
    listener = Listener()
    began = trio.current_time()
    await listener.hear("Una frase bastante larga que se habla despacio. " * 8)
    sent = 0.0
    for at, event in listener.events:
        if isinstance(event, TtsChunk):
            sent += len(b64decode(event.audio)) / 48_000
            assert sent - (at - began) <= 5.01
    assert sent > 15


async def test_what_cannot_be_said_is_passed_over(autojump_clock: MockClock) -> None:
    """Signs alone have no sound, and count as heard."""
    listener = Listener()
    await listener.hear("***\n", "", "Sí.")
    assert listener.tts.texts == ["Sí."]
    assert listener.answer.heard == "***\nSí."


async def test_nothing_to_say_has_no_end_of_speech(autojump_clock: MockClock) -> None:
    """An answer of tools alone."""
    listener = Listener()
    await listener.hear()
    assert listener.events == []


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (Said(ending=Ending.ERROR), SpeechUnavailable),
        (Said(ending=Ending.HANG, after=0), SpeechUnavailable),
        (Said(ending=Ending.HANG, after=3), SpeechUnavailable),
        (Said(ending=Ending.CUT, after=2), SpeechCut),
        (Said(after=0), SpeechUnavailable),
        (Said(first_delay=99), SpeechUnavailable),
        (Said(character_seconds=20), SpeechProtocolError),
    ],
)
async def test_a_voice_that_fails_is_told_at_the_end(
    autojump_clock: MockClock, said: Said, error: type[SpeechError]
) -> None:
    """What it has said is played, the rest is not waited for, and the whole text counts as having reached the person."""
    listener = Listener(ScriptedTextToSpeech(lambda text: said))
    with pytest.raises(error):
        await listener.hear(*["Una frase. "] * 40)
    assert listener.answer.heard == "Una frase. " * 40
    assert not listener.events or isinstance(listener.events[-1][1], TtsEnd)
    assert trio.current_time() < 40


async def test_a_connection_that_broke_before_a_sentence_is_opened_again(autojump_clock: MockClock) -> None:
    """Once; a refusal is not tried again."""
    scripts = iter([Said(), Said(ending=Ending.CUT, after=0), Said()])
    listener = Listener(ScriptedTextToSpeech(lambda text: next(scripts)))
    await listener.hear("Una frase. Otra frase. ")
    assert len(listener.tts.voices) == 2
    refused = Listener()
    refused.answer._manner = attrs.evolve(refused.answer._manner, voice="nobody")
    with pytest.raises(SpeechRefused):
        await refused.hear("Una frase. Otra frase.")


async def test_pieces_of_any_size_become_chunks(autojump_clock: MockClock) -> None:
    """The first goes at once, later ones hold up to 200 ms, and what is left goes too."""
    for seconds in (FIRST_PIECE_BYTES / 4 / 48_000, 0.3, 0.55):
        said = Said(character_seconds=seconds / 3)
        listener = Listener(ScriptedTextToSpeech(partial(_always, said)))
        await listener.hear("Sí.")
        assert listener.seconds == pytest.approx(seconds, abs=0.001)
        sizes = [len(b64decode(event.audio)) for _, event in listener.events if isinstance(event, TtsChunk)]
        assert max(sizes) <= 9600


async def test_a_pause_holds_everything(autojump_clock: MockClock) -> None:
    """Nothing is sent, no text is taken, and whoever asks whether to go on waits."""
    listener = Listener()
    async with run_answer(listener.answer) as answer:
        await answer.say("Una frase que dura unos segundos, más o menos. Y otra. ")
        await trio.sleep(1.0)
        answer.pause()
        count = len(listener.events)
        assert answer.paused
        assert answer.sounding
        with trio.move_on_after(5) as waited:
            await answer.say("más ")
        assert waited.cancelled_caught
        with trio.move_on_after(5) as waited:
            await answer.may_go_on()
        assert waited.cancelled_caught
        assert len(listener.events) == count
        answer.resume()
        await answer.finish()
        assert not answer.sounding
        answer.freeze()


async def test_a_client_that_never_plays_does_not_hold_the_turn(autojump_clock: MockClock) -> None:
    """Its marks count, up to a bound."""
    listener = Listener()
    async with run_answer(listener.answer) as answer, trio.open_nursery() as nursery:

        async def stall() -> None:
            while True:
                answer.mark(0.0)
                await trio.sleep(0.1)

        nursery.start_soon(stall)
        await answer.say("Una frase. ")
        await answer.finish()
        nursery.cancel_scope.cancel()
    assert 10 < trio.current_time() < 20


async def test_what_the_block_raises_is_raised(autojump_clock: MockClock) -> None:
    """As itself, and the tasks are gone."""
    listener = Listener()
    with pytest.raises(KeyError):
        async with run_answer(listener.answer):
            raise KeyError("x")
    assert listener.tts.open_now == 0


async def test_real_connections_speak_and_are_left() -> None:
    """Providers over sockets: what they open lives as long as it is used, and no longer."""
    said = Said(character_seconds=0.002)
    async with open_cartesia(rule=partial(_always, said)) as one, open_elevenlabs(rule=partial(_always, said)) as two:
        settings = SpeechSettings(
            cartesia_key="scripted-key",
            cartesia_url=one.url,
            elevenlabs_key="scripted-key",
            elevenlabs_url=two.url,
        )
        for tts in (CartesiaTextToSpeech(settings), ElevenLabsTextToSpeech(settings)):
            listener = Listener()
            listener.answer._manner = attrs.evolve(listener.answer._manner, tts=tts)
            with trio.fail_after(5):
                await listener.hear("Una frase. Otra frase. ", "Y la última.")
            assert listener.answer.heard == "Una frase. Otra frase. Y la última."
        assert one.connections == 1
        assert len(two.texts) == 3


async def test_a_real_connection_that_hangs_is_left() -> None:
    """The patience is that of the answer, whatever the provider has open."""
    async with open_cartesia(rule=partial(_always, Said(ending=Ending.HANG, after=0))) as provider:
        settings = SpeechSettings(cartesia_key="scripted-key", cartesia_url=provider.url)
        listener = Listener()
        listener.answer._manner = attrs.evolve(
            listener.answer._manner, tts=CartesiaTextToSpeech(settings), patience=0.3
        )
        with trio.fail_after(5), pytest.raises(SpeechUnavailable):
            await listener.hear("Una frase. ")


async def test_an_answer_that_is_interrupted_in_the_middle_of_its_bounds(autojump_clock: MockClock) -> None:
    """A provider that failed while text waited lets the text through."""
    listener = Listener(ScriptedTextToSpeech(lambda text: Said(ending=Ending.CUT, after=0)))
    async with run_answer(listener.answer) as answer:
        for _ in range(3):
            await answer.say("Una frase. Y otra. ")
            await trio.sleep(1)
        assert answer.played_bytes == 0
        with pytest.raises(SpeechCut):
            await answer.finish()
