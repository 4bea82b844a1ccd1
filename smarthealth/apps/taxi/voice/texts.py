"""What the voice tells a person, in Spanish."""

from __future__ import annotations

from typing import Final

from smarthealth.speech.ports import HEARING_RATE_HZ

NO_HEARING: Final = "Este servidor no transcribe voz; escriba su mensaje."
NO_SPEAKING: Final = "Este servidor no tiene voz; las respuestas llegan como texto."
WRONG_RATE: Final = f"Solo se recibe audio a {HEARING_RATE_HZ} Hz."
LISTENING: Final = "Micrófono abierto: lo escucho."
NOT_STARTED: Final = "Antes del audio debe llegar audio_start."
ALREADY_STARTED: Final = "El audio ya está abierto; primero debe llegar audio_end."
ODD_SIZE: Final = "El audio PCM debe tener muestras completas de 16 bits."
TOO_MUCH: Final = "Llega más audio del que se puede procesar; se descartó una parte."
NOT_DECODED: Final = "No se pudo leer el audio; debe ser Opus en WebM u Ogg."
TOO_LONG: Final = "La intervención es demasiado larga y se cortó."
NOT_UNDERSTOOD: Final = "No pude oírlo bien; repita, por favor, o escriba su mensaje."
NO_ROOM: Final = "Hay demasiadas personas hablando ahora; escriba su mensaje."
NOT_RECORDED: Final = "Este servidor no graba conversaciones."


def recorded(days: float) -> str:
    """What is said to somebody who has agreed to be recorded."""
    return (
        f"Con su autorización, esta conversación se graba y se conserva {days:g} días. "
        "Para dejar de grabar, abra el audio de nuevo sin autorización."
    )
