"""Sans-IO protocol parts: codecs, wire errors and limits."""

from smarthealth.wire.codec import Codec
from smarthealth.wire.converter import make_wire_converter
from smarthealth.wire.errors import Fault, FieldError, WireError
from smarthealth.wire.fields import between, length, uuid_text
from smarthealth.wire.limits import Limits
from smarthealth.wire.schema import MessageSchema, message_schema
from smarthealth.wire.timestamps import utc_timestamp

__all__ = [
    "Codec",
    "Fault",
    "FieldError",
    "Limits",
    "MessageSchema",
    "WireError",
    "between",
    "length",
    "make_wire_converter",
    "message_schema",
    "utc_timestamp",
    "uuid_text",
]
