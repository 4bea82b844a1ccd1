"""Hears one connection: audio in, utterances out, each followed until it is a turn or was nothing.

One actor takes what a connection sends, in order, through two lanes: what stops it overtakes the audio. Each utterance has two
tasks below it, one that has it transcribed and one that waits for its words: they start its turn, and with that interrupt
whatever is being answered. Without words, what was being said goes on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import attrs
import trio

from smarthealth.actors import Context
from smarthealth.apps.taxi.wire import AudioStart
from smarthealth.conversation.telemetry import Telemetry
from smarthealth.speech.activity import FRAME_BYTES, SpeechActivity, SpeechBegan, SpeechEnded, VoiceDetector
from smarthealth.speech.decoding import Container, DecoderPool, OpusDecoder
from smarthealth.speech.errors import SpeechError
from smarthealth.speech.ports import SpeechToText

from . import texts
from .floor import Floor
from .lanes import Closed, TwoLanes
from .latency import Stopwatch
from .settings import VoiceSettings
from .utterance import Utterance

MOST_ITEMS: Final = 4096
"""Frames that wait to be heard."""
MOST_BYTES: Final = 4 * 1024 * 1024
"""Of them: two minutes of PCM, for who sends a recording at once."""
MOST_UTTERANCES: Final = 3
"""Of one connection that are being transcribed."""
BEFORE: Final = 15
"""Frames before the begin of speech that belong to it: 300 ms."""
APPLICATION: Final = "taxi"

_CONTAINERS: Final[dict[str, Container]] = {"webm_opus": "webm", "ogg_opus": "ogg"}


@attrs.frozen
class _End:
    """The audio has ended."""


@attrs.frozen
class Hush:
    """What is being said is not to be answered."""


@attrs.frozen(kw_only=True)
class Hearing:
    """What ears share."""

    stt: SpeechToText
    detector: Callable[[], VoiceDetector]
    decoders: DecoderPool
    settings: VoiceSettings
    telemetry: Telemetry


class Ear:
    """Of one connection.

    Args:
        hearing: What ears share.
        floor: Told when somebody speaks.
        answer: Starts the turn that answers an utterance; returns whether it did.
        complain: Tells the client what is wrong.
        heard: Called with each utterance that had words, when it is whole.
    """

    def __init__(
        self,
        hearing: Hearing,
        floor: Floor,
        *,
        answer: Callable[[Utterance, AudioStart], Awaitable[bool]],
        complain: Callable[[str], object],
        heard: Callable[[Utterance, AudioStart], object] = lambda utterance, start: None,
    ) -> None:
        self.shared = hearing
        self.floor = floor
        self.complain = complain
        self._answer = answer
        self._heard = heard
        self._lanes: TwoLanes[Hush, AudioStart | bytes | _End] = TwoLanes(MOST_ITEMS)
        self._waiting = 0
        self._session: _Session | None = None
        self._following = 0
        self.alive = True
        """Whether it takes audio still."""

    # --- the connection -----------------------------------------------------------------------------------------------

    def start(self, options: AudioStart) -> None:
        """Audio follows."""
        self._offer(options)

    def hear(self, data: bytes) -> None:
        """The next audio."""
        if self._waiting + len(data) > MOST_BYTES or not self._lanes.offer_data(data):
            self.complain(texts.TOO_MUCH)
            return
        self._waiting += len(data)

    def end(self) -> None:
        """No more audio follows."""
        self._offer(_End())

    def hush(self) -> None:
        """Forget what is being said."""
        self._lanes.offer_control(Hush())

    def close(self) -> None:
        """The connection is over."""
        self._lanes.close()

    def _offer(self, item: AudioStart | _End) -> None:
        if not self._lanes.offer_data(item):
            self.complain(texts.TOO_MUCH)

    # --- the actor ----------------------------------------------------------------------------------------------------

    async def serve(self, context: Context) -> None:
        """Hear until the connection is over."""
        context.started()
        try:
            async with trio.open_nursery() as nursery:
                await self._take_all(nursery)
                nursery.cancel_scope.cancel()
        finally:
            self.alive = False
            self._lanes.close()
            self.floor.no_words()

    async def _take_all(self, nursery: trio.Nursery) -> None:
        with suppress(Closed):
            while True:
                self._take(await self._lanes.take(), nursery)

    def _take(self, item: Hush | AudioStart | bytes | _End, nursery: trio.Nursery) -> None:
        session = self._session
        match item:
            case AudioStart():
                self._session = _Session(self, item, nursery)
                self._session.begin()
            case bytes():
                self._waiting -= len(item)
                if session is not None:
                    session.take(item)
            case _End():
                self._session = None
                if session is not None:
                    session.finish()
            case _:
                if session is not None:
                    session.hush()

    # --- utterances ---------------------------------------------------------------------------------------------------

    def open_utterance(self, options: AudioStart, nursery: trio.Nursery) -> Utterance | None:
        """Somebody begins to speak; None when too much that they said is waited for already."""
        if self._following >= MOST_UTTERANCES:
            self.complain(texts.TOO_MUCH)
            return None
        shared = self.shared
        utterance = Utterance(
            shared.stt, options.language, Stopwatch(APPLICATION, shared.telemetry), shared.settings.stt_timeout
        )
        self._following += 1
        nursery.start_soon(self._follow, utterance, options)
        return utterance

    async def _follow(self, utterance: Utterance, options: AudioStart) -> None:
        """Have an utterance transcribed, and answered when it has words."""
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(utterance.transcribe)
                with trio.move_on_after(self.shared.settings.hold) as hold:
                    await utterance.wait_words()
                if hold.cancelled_caught:
                    self.floor.no_words()
                if not (await utterance.wait_words() and await self._answer(utterance, options)):
                    self.floor.no_words()
        finally:
            self._following -= 1
        if utterance.error is not None:
            self.shared.telemetry.error(APPLICATION, type(utterance.error).__name__)
            if not utterance.has_words:
                self.complain(texts.NOT_UNDERSTOOD)
        elif utterance.has_words:
            self._heard(utterance, options)


class _Session:
    """What one `audio_start` began."""

    def __init__(self, ear: Ear, options: AudioStart, nursery: trio.Nursery) -> None:
        settings = ear.shared.settings
        self._ear = ear
        self._options = options
        self._nursery = nursery
        self._activity = SpeechActivity(limits=settings.activity())
        self._detector = ear.shared.detector()
        self._rest = b""
        self._before: deque[bytes] = deque(maxlen=BEFORE)
        self._utterance: Utterance | None = None
        self._decoder: OpusDecoder | None = None
        self._over = False

    def begin(self) -> None:
        container = _CONTAINERS.get(self._options.encoding)
        if container is not None:
            self._decoder = OpusDecoder(container)
            self._nursery.start_soon(self._decode, self._decoder)
        if self._options.mode == "push":
            self._utterance = self._open()

    def take(self, data: bytes) -> None:
        """The next bytes, as they came."""
        if self._decoder is None:
            self._hear(data)
            return
        try:
            self._decoder.feed(data)
        except SpeechError:
            self._ear.complain(texts.NOT_DECODED)

    def finish(self) -> None:
        """Nothing follows."""
        if self._decoder is None:
            self._end()
        else:
            self._decoder.finish()

    def hush(self) -> None:
        """Whatever is being said now is no utterance; in an open microphone, the next one is."""
        if self._utterance is not None:
            self._utterance.forget()
            self._utterance = None

    async def _decode(self, decoder: OpusDecoder) -> None:
        try:
            async with self._ear.shared.decoders.running(decoder):
                async for pcm in decoder.audio:
                    self._hear(pcm)
        except SpeechError:
            self._ear.complain(texts.NO_ROOM)
        if decoder.failed:
            self._ear.complain(texts.NOT_DECODED)
        self._end()

    def _open(self) -> Utterance | None:
        return self._ear.open_utterance(self._options, self._nursery)

    def _hear(self, pcm: bytes) -> None:
        data = self._rest + pcm
        whole = len(data) - len(data) % FRAME_BYTES
        self._rest = data[whole:]
        for start in range(0, whole, FRAME_BYTES):
            self._frame(data[start : start + FRAME_BYTES])

    def _frame(self, frame: bytes) -> None:
        event = self._activity.feed(self._detector.is_voiced(frame))
        if isinstance(event, SpeechBegan):
            self._ear.floor.voice_heard()
        if self._options.mode == "push":
            self._push(frame)
        else:
            self._open_microphone(frame, event)

    def _push(self, frame: bytes) -> None:
        """All that comes is one utterance, up to the longest."""
        if self._utterance is None:
            return
        self._utterance.add(frame)
        if self._utterance.seconds >= self._ear.shared.settings.longest_utterance:
            self._ear.complain(texts.TOO_LONG)
            self._end()

    def _open_microphone(self, frame: bytes, event: SpeechBegan | SpeechEnded | None) -> None:
        """Speech is cut into utterances by its pauses."""
        self._before.append(frame)
        if isinstance(event, SpeechBegan):
            self._utterance = self._open()
            if self._utterance is not None:
                self._utterance.add(b"".join(self._before))
        elif self._utterance is not None:
            self._utterance.add(frame)
            if isinstance(event, SpeechEnded):
                self._end()

    def _end(self) -> None:
        utterance, self._utterance = self._utterance, None
        if utterance is not None:
            if self._rest:
                utterance.add(self._rest)
                self._rest = b""
            utterance.end()
