"""What every event is."""

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """A fact. The tag is its name on the wire and its routing key."""


def topic_of(message: type[msgspec.Struct] | msgspec.Struct) -> str:
    """Name the message as the bus does: its tag, e.g. `status.created`."""
    kind = message if isinstance(message, type) else type(message)
    tag = kind.__struct_config__.tag
    assert isinstance(tag, str)
    return tag
