"""The frames of AMQP 0-9-1 that every message has: the message itself, and its confirm. pamqp does all others.

A frame is its type, its channel, the length of what follows, that, and an end mark. What pamqp takes 60 µs to write, as
it may be anything, is nearly the same for each message of ours.
"""

import struct
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from pamqp import commands, frame

CHANNEL: Final = 1
"""We need one for each connection."""
PERSISTENT: Final = 2
LARGEST: Final = 131_072
"""In bytes: of frames, whatever else the broker would take."""
EMPTY: Final = 8
"""Bytes of a frame with nothing in it."""

_METHOD, _HEADER, _BODY = 1, 2, 3
_END: Final = b"\xce"
_FRAME: Final = struct.Struct(">BHI")
_ACK: Final = _FRAME.pack(_METHOD, CHANNEL, 13) + struct.pack(">HH", 60, 80)
_TAG: Final = struct.Struct(">QB")
_CONTENT: Final = struct.Struct(">HHQH")
_BASIC: Final = 60
# Which properties are there, in the order that they stand in.
_CONTENT_TYPE, _HEADERS, _DELIVERY_MODE, _MESSAGE_ID = 1 << 15, 1 << 13, 1 << 12, 1 << 7
_JSON: Final = b"\x10application/json"


def message(
    exchange: str,
    topic: str,
    body: bytes,
    headers: Mapping[str, str],
    message_id: str,
    *,
    mandatory: bool,
    largest: int,
) -> bytes:
    """A persistent message in JSON, for an exchange; no frame is larger than the broker takes."""
    flags, named = _CONTENT_TYPE | _HEADERS | _DELIVERY_MODE, b""
    if message_id:
        flags, named = flags | _MESSAGE_ID, _short(message_id)
    table = b"".join([_entry(name, value) for name, value in headers.items()])
    properties = b"%b%b%b%c%b" % (_JSON, struct.pack(">I", len(table)), table, PERSISTENT, named)
    content = _CONTENT.pack(_BASIC, 0, len(body), flags) + properties
    room = largest - EMPTY
    pieces = [_framed(_BODY, body[at : at + room]) for at in range(0, len(body), room)]
    return b"".join([_publish(exchange, topic, mandatory), _framed(_HEADER, content), *pieces])


def confirmed(read: bytes) -> tuple[int, bool] | None:
    """Which message this frame says is safe, and whether all before it are; None if it says something else."""
    if not read.startswith(_ACK):
        return None
    tag, is_multiple = _TAG.unpack_from(read, len(_ACK))
    return tag, bool(is_multiple)


def whole_frames(data: bytes) -> tuple[list[bytes], bytes]:
    """The frames in what has come so far, and what is left for later. ValueError if these are no frames."""
    found, at = [], 0
    while len(data) - at >= EMPTY:
        size = EMPTY + int.from_bytes(data[at + 3 : at + 7])
        end = at + size
        if size > LARGEST or (end <= len(data) and data[end - 1] != _END[0]):
            raise ValueError("what came is no frame of AMQP")
        if end > len(data):
            break
        found.append(data[at:end])
        at = end
    return found, data[at:]


@lru_cache(1024)
def _publish(exchange: str, topic: str, mandatory: bool) -> bytes:
    method = commands.Basic.Publish(exchange=exchange, routing_key=topic, mandatory=mandatory)
    return frame.marshal(method, CHANNEL)


def _framed(kind: int, payload: bytes) -> bytes:
    return b"%b%b%b" % (_FRAME.pack(kind, CHANNEL, len(payload)), payload, _END)


def _short(text: str) -> bytes:
    """At most 255 bytes: struct refuses more."""
    written = text.encode()
    return struct.pack("B", len(written)) + written


def _entry(name: str, value: str) -> bytes:
    written = value.encode()
    return b"%bS%b%b" % (_short(name), struct.pack(">I", len(written)), written)
