"""permessage-deflate (RFC 7692) that never inflates a message beyond its bound, and keeps no state between messages."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from wsproto.extensions import PerMessageDeflate
from wsproto.frame_protocol import CloseReason, FrameDecoder, FrameProtocol, Opcode, RsvBits

END_OF_MESSAGE = b"\x00\x00\xff\xff"
"""What RFC 7692, section 7.2.1, has a sender leave away."""
NO_BITS = RsvBits(False, False, False)
DEFLATE_BIT = RsvBits(True, False, False)


class BoundedDeflate(PerMessageDeflate):
    """wsproto's extension with three corrections.

    Inflating stops one byte past the bound instead of taking what a bomb makes of itself; a control frame between the
    fragments of a compressed message leaves its state alone; and both sides start every message afresh, which halves the
    memory of an idle connection.
    """

    def __init__(self, max_size: int) -> None:
        super().__init__(client_no_context_takeover=True, server_no_context_takeover=True)
        self._max_size = max_size
        self._inflated = 0
        self._in_control_frame = False

    def frame_inbound_header(
        self, proto: FrameDecoder | FrameProtocol, opcode: Opcode, rsv: RsvBits, payload_length: int
    ) -> CloseReason | RsvBits:
        """See to it that a control frame changes nothing."""
        self._in_control_frame = opcode.iscontrol()
        if self._in_control_frame:
            return NO_BITS
        return super().frame_inbound_header(proto, opcode, rsv, payload_length)

    def frame_inbound_payload_data(self, proto: FrameDecoder | FrameProtocol, data: bytes) -> bytes | CloseReason:
        """Inflate what arrived, up to the bound."""
        if self._in_control_frame or not self._inbound_compressed:
            return data
        return self._inflate(data)

    def frame_inbound_complete(self, proto: FrameDecoder | FrameProtocol, fin: bool) -> bytes | CloseReason | None:
        """Inflate the end of a message and forget its state."""
        if self._in_control_frame or not fin:
            return None
        rest = self._inflate(END_OF_MESSAGE) if self._inbound_compressed else None
        self._inbound_compressed, self._decompressor, self._inflated = None, None, 0
        return rest

    def _inflate(self, data: bytes) -> bytes | CloseReason:
        assert self._decompressor is not None  # made by the header of a message's first frame
        room = self._max_size - self._inflated + 1
        try:
            inflated = self._decompressor.decompress(data, room)
        except zlib.error:
            return CloseReason.INVALID_FRAME_PAYLOAD_DATA
        self._inflated += len(inflated)
        return CloseReason.MESSAGE_TOO_BIG if self._inflated > self._max_size else inflated


def agree(offers: Iterable[str], max_size: int) -> tuple[BoundedDeflate, bytes] | None:
    """Accept the first offer of permessage-deflate that can be met.

    Returns:
        The extension and the value of the answer's `Sec-WebSocket-Extensions`, None when no offer will do.
    """
    for offer in offers:
        if offer.split(";", 1)[0].strip() != PerMessageDeflate.name:
            continue
        extension = BoundedDeflate(max_size)
        try:
            parameters = extension.accept(offer)
        except ValueError:  # a window that is no number
            continue
        if parameters is not None:
            return extension, f"{PerMessageDeflate.name}; {parameters}".encode("ascii")
    return None
