"""Whose business a message is not, however it sounds, because only facts are wanted.

Who changes the oil with their own hands wants figures and no appointment; how long the lights stay on is in no price list; and a
green or blue lamp is no fault.
"""

from __future__ import annotations

import re
from typing import Final

from smarthealth.apps.support.folding import plain_text
from smarthealth.apps.support.troubleshooting.lamps import only_informs

from .classes import Label

_DOES: Final = (
    r"(?:chang\w*|swap\w*|replac\w*|renew\w*|fit|fitting|install\w*|do|doing|drain\w*|top(?:ping)? up|refill\w*|mount\w*|tighten\w*|remov\w*|clean\w*|"
    r"cambi\w*|reempla\w*|pon\w*|instal\w*|hac\w*|sac\w*|ech\w*|vaci\w*|rellen\w*|mont\w*|apret\w*|apriet\w*|quit\w*|limpi\w*|drena\w*)"
)
_OWN_HANDS: Final = re.compile(
    r"\b(?:(?:me )?(?:yo|nosotros) mism[oa]s?|por mi (?:propia )?cuenta|con mis propias manos|myself|ourselves|diy|do it yourself|"
    r"(?:do|doing|change|changing) my own (?:oil|brakes?|filters?|plugs?|tyres?|tires?|wipers?|battery|service)|"
    rf"(?:i'm|i am|we're|we are) (?:going to |about to )?{_DOES} (?:the|my|its|a|an|our|all|both)|i (?:only |just )?(?:drain|change|swap|replace) (?:the|its|only)|"
    rf"(?:i|we|voy|vamos|quiero|quisiera|pienso|estoy)\b(?: \w+){{0,3}} {_DOES}(?: \w+){{0,6}} (?:at home|on my driveway|in my (?:garage|driveway)|(?:en|desde) (?:mi |la )?(?:casa|garaje|cochera|garage))|"
    rf"(?:le voy a|voy a|vamos a|estoy) (?:cambi|reempla|ech|instal|vaci|rellen|apret|drena|desmont)\w*)\b"
)
_OF_THE_WORKSHOP: Final = re.compile(
    r"\b(?:appointments?|bookings?|book|visit|date|slot|workshop|garage visit|mechanic|mind|you|someone|citas?|reserva\w*|turno|taller|agend\w+|mecanico|ustedes|pueden|hora|fecha|alguien|free|available|o'clock|libre|disponible|cupo|"
    r"me (?:la |lo |le )?(?:cambi\w+|hac\w+|pon\w+) ustedes)\b"
)
_LASTS: Final = re.compile(
    r"\b(?:how long|for how many (?:seconds|minutes)|how many (?:seconds|minutes|hours))\b.*\b(?:stay\w*|remain\w*|keep\w*|lit|burn\w*|run|runs|sound\w*|ring\w*|beep\w*|hold\w*|flash\w*|go off|switch\w*|turn\w*)\b"
    r"|\b(?:cuanto (?:tiempo|rato)?|por cuanto tiempo|cuant[oa]s (?:segundos|minutos|horas))\b.*\b(?:qued\w+|permanec\w+|sigu\w+|dur\w+|mantien\w+|son(?:ando|ar)|suena|prendid\w+|encendid\w+|alumbr\w+|calient\w+|aguant\w+|apag\w+)\b"
)
_WORK: Final = re.compile(
    r"\b(?:services?|servicing|repairs?|inspection|diagnos\w+|jobs?|work|check-?up|change|replacement|alignment|at your place|leave (?:it|the car|my car)|servicio|mantenimiento|reparacion|revision|"
    r"trabajo|cambio|alineacion|balanceo|dejar(?:lo|les)?|el carro alla|con ustedes)\b"
)


def not_for(message: str) -> frozenset[Label]:
    """The specialists whom a message is not for, since the facts of the car are all that it asks for."""
    plain = plain_text(message)
    found: set[Label] = set()
    if not _OF_THE_WORKSHOP.search(plain) and (
        _OWN_HANDS.search(plain) or (_LASTS.search(plain) and not _WORK.search(plain))
    ):
        found.add("maintenance")
    if only_informs(message):
        found.add("troubleshooting")
    return frozenset(found)
