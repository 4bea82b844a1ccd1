"""Pictures in a message."""

from __future__ import annotations

import base64

import pytest

from smarthealth.apps.support.images import check_images
from smarthealth.apps.support.wire import Image
from smarthealth.wire.errors import WireError

BYTES = {
    "image/png": b"\x89PNG\r\n\x1a\nrest",
    "image/jpeg": b"\xff\xd8\xffrest",
    "image/gif": b"GIF89arest",
    "image/webp": b"RIFF\0\0\0\0WEBPrest",
}


def image(kind: str, data: bytes) -> Image:
    """A picture as it comes."""
    return Image(media_type=kind, data=base64.b64encode(data).decode())


@pytest.mark.parametrize("kind", BYTES)
def test_pictures_of_known_kinds_are_taken(kind: str) -> None:
    """As bytes."""
    (seen,) = check_images([image(kind, BYTES[kind])], 100)
    assert (seen.media_type, seen.data) == (kind, BYTES[kind])


@pytest.mark.parametrize(
    ("given", "path"),
    [
        (image("image/tiff", b"x"), "images[0].media_type"),
        (Image(media_type="image/png", data="%%%"), "images[0].data"),
        (image("image/png", BYTES["image/png"] * 20), "images[0].data"),
        (image("image/png", BYTES["image/gif"]), "images[0].data"),
        (image("image/webp", b"RIFF\0\0\0\0WAVErest"), "images[0].data"),
    ],
)
def test_others_are_refused(given: Image, path: str) -> None:
    """By their first bytes, whatever is said of them."""
    with pytest.raises(WireError) as refused:
        check_images([given], 100)
    assert refused.value.path == path
