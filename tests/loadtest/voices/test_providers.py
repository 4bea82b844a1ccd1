from __future__ import annotations

from functools import partial

import trio
import trio.testing

from loadtest.compare.servers import free_port
from loadtest.voices.providers import Script, serve
from smarthealth.speech.assemblyai import AssemblyAISpeechToText
from smarthealth.speech.cartesia import CartesiaTextToSpeech
from smarthealth.speech.ports import FinalTranscript
from smarthealth.speech.settings import SpeechSettings


async def test_both_protocols() -> None:
    """Are those that our adapters speak: a sentence is heard by and by, and a text said at its length."""
    port = free_port()
    settings = SpeechSettings(
        assemblyai_key="x",
        assemblyai_url=f"ws://127.0.0.1:{port}/v3/ws",
        cartesia_key="x",
        cartesia_url=f"ws://127.0.0.1:{port}/tts/websocket",
    )
    script = Script(heard="un taxi", final_delay=0.0, first_delay=0.0)
    with trio.fail_after(20):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(partial(serve, port, script))
            await trio.testing.wait_all_tasks_blocked()
            async with AssemblyAISpeechToText(settings).open_transcription("es") as hearing:
                await hearing.send(bytes(32_000))
                await hearing.finish()
                heard = [event async for event in hearing.events]
            speaking = CartesiaTextToSpeech(settings).open_voice("es")
            async with speaking as voice, voice.open_speech("una frase de veinte.") as audio:
                said = [piece async for piece in audio]
            nursery.cancel_scope.cancel()
    assert heard[-1] == FinalTranscript(segment=0, text="un taxi")
    assert len(heard) > 1
    assert sum(map(len, said)) == 20 * 2400
