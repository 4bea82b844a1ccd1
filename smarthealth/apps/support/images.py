"""Pictures in a message: their size and their kind, by their first bytes and not by what is said of them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Final

from smarthealth.llm.port import Image as SeenImage
from smarthealth.wire.errors import Fault, WireError

from .wire import Image

_BEGINNINGS: Final[Mapping[str, tuple[bytes, ...]]] = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
}
KINDS: Final = tuple(_BEGINNINGS)


def check_images(images: Sequence[Image], largest: int) -> tuple[SeenImage, ...]:
    """Pictures as models are given them.

    Args:
        images: As they came.
        largest: Bytes of one.

    Raises:
        WireError: One is of another kind, too large, or no base64.
    """
    return tuple(_check(image, f"images[{number}]", largest) for number, image in enumerate(images))


def _check(image: Image, path: str, largest: int) -> SeenImage:
    beginnings = _BEGINNINGS.get(image.media_type)
    if beginnings is None:
        raise WireError(Fault.BAD_VALUE, f"{path}.media_type", f"must be one of {', '.join(KINDS)}")
    try:
        data = base64.b64decode(image.data, validate=True)
    except (binascii.Error, ValueError):
        raise WireError(Fault.BAD_VALUE, f"{path}.data", "must be base64") from None
    if len(data) > largest:
        raise WireError(Fault.TOO_LONG, f"{path}.data", f"must have at most {largest} bytes")
    is_webp = image.media_type != "image/webp" or data[8:12] == b"WEBP"
    if not (data.startswith(beginnings) and is_webp):
        raise WireError(Fault.BAD_VALUE, f"{path}.data", f"is no {image.media_type}")
    return SeenImage(media_type=image.media_type, data=data)
