"""What the taxi application does with a client's messages."""

from __future__ import annotations

from uuid import uuid4

import structlog

from smarthealth.conversation.application import Dialogue, Link
from smarthealth.conversation.errors import ServerDraining, TooManyTurns, TurnBusy, TurnRefused
from smarthealth.wire.errors import WireError

from . import texts
from .caller import APPLICATION, Caller
from .hearing import Hearing, Speaker, Typed
from .presence import Presence
from .services import TaxiServices
from .turn import TaxiTurn
from .voice.booth import Client, VoiceBooth
from .voice.utterance import Utterance
from .wire import (
    CODEC,
    AudioEnd,
    AudioStart,
    Cancel,
    Event,
    Level,
    Ping,
    Playback,
    Pong,
    Speech,
    SystemMessage,
    UserInput,
    milliseconds,
)

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class TaxiDialogue(Dialogue):
    """One person's connection.

    Args:
        services: What the application works with.
        link: The way back to the client.
        presence: Counts the connections.
    """

    def __init__(self, services: TaxiServices, link: Link[Event], presence: Presence) -> None:
        self._services = services
        self._link = link
        self._presence = presence
        self._own_thread = str(uuid4())
        self._booth = self._open_booth()

    def opened(self) -> None:
        """Greet, with the thread that messages without one belong to."""
        self._presence.enter()
        self._link.reply(SystemMessage(message=texts.WELCOME, level="info", thread_id=self._own_thread, ts=self._ts()))

    def closed(self) -> None:
        """One connection less."""
        self._presence.leave()
        if self._booth is not None:
            self._booth.close()

    async def received(self, text: str) -> None:
        """Answer, pong, cancel, or say what is wrong."""
        try:
            command = CODEC.decode(text)
        except WireError as error:
            self._warn(texts.refused(error), "error", "bad_message")
            return
        match command:
            case UserInput():
                await self._read(command)
            case Ping():
                self._link.reply(Pong(ts=self._ts()))
            case Cancel():
                self._cancel(command)
            case AudioStart() | AudioEnd() | Playback() | Speech() if self._booth is not None:
                await self._booth.command(command)
            case _:
                self._warn(texts.NO_AUDIO, "warning", "no_audio")

    async def received_binary(self, data: bytes) -> None:
        """Speech."""
        if self._booth is None:
            self._warn(texts.NO_AUDIO, "warning", "no_audio")
        else:
            self._booth.hear(data)

    async def hear(self, hearing: Hearing, thread: str | None, speaker: Speaker | None = None) -> bool:
        """Start the turn of one utterance.

        Args:
            hearing: Where its words come from.
            thread: As the client calls it, None for the connection's own.
            speaker: What the answer is spoken with, None for text alone.

        Returns:
            Whether it was started; where not, the client was told why.
        """
        wait = self._limited()
        if wait > 0:
            self._warn(texts.rate_limited(wait), "warning", "rate_limited")
            return False
        turn = TaxiTurn(services=self._services, caller=self.caller(thread), hearing=hearing, speaker=speaker)
        try:
            await self._link.start_turn(turn)
        except TurnRefused as refused:
            self._warn(_reason(refused), "warning", type(refused).__name__)
            return False
        return True

    def caller(self, thread: str | None) -> Caller:
        """Who speaks on this connection, in a thread."""
        principal = self._link.principal
        return Caller(
            user_id=principal.user_id if principal is not None else None,
            address=self._link.address,
            connection_id=self._link.connection_id,
            thread_name=thread or self._own_thread,
        )

    def _open_booth(self) -> VoiceBooth | None:
        if self._services.voice is None:
            return None
        client = Client(
            name=self._link.connection_id,
            reply=self._link.reply,
            answer=self._answer_aloud,
            thread=lambda: self._own_thread,
            now_ms=self._ts,
        )
        return VoiceBooth(self._services.voice, client)

    async def _answer_aloud(self, utterance: Utterance, thread: str | None) -> bool:
        assert self._booth is not None
        return await self.hear(utterance, thread, self._booth.speaker(utterance))

    async def _read(self, command: UserInput) -> None:
        """Typed words: what was being said meanwhile is not answered too."""
        if self._booth is None:
            await self.hear(Typed(command.text), command.thread_id)
            return
        self._booth.hush()
        await self.hear(Typed(command.text), command.thread_id, self._booth.speaker())

    def _cancel(self, command: Cancel) -> None:
        if self._booth is not None:
            self._booth.hush()
        if not self._link.cancel_turn(self.caller(command.thread_id).key):
            self._warn(texts.NOTHING_TO_CANCEL, "info", "nothing_to_cancel")

    def _limited(self) -> float:
        """Seconds to wait; 0 when the message may go on."""
        limiter, principal = self._services.limiter, self._link.principal
        wait = limiter.take(f"connection {self._link.connection_id}")
        # people without a token share addresses; how many connections an address may have is the server's matter
        return wait or (limiter.take(f"user {principal.user_id}") if principal is not None else 0.0)

    def _warn(self, message: str, level: Level, code: str) -> None:
        self._services.telemetry.error(APPLICATION, code)
        self._link.reply(SystemMessage(message=message, level=level, ts=self._ts()))

    def _ts(self) -> int:
        return milliseconds(self._services.now())


def _reason(refused: TurnRefused) -> str:
    match refused:
        case TurnBusy():
            return texts.THREAD_BUSY
        case TooManyTurns():
            return texts.TOO_MANY_REQUESTS
        case ServerDraining():
            return texts.GOING_AWAY
        case _:
            return texts.SERVER_FAILED
