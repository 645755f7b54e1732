"""Every shape that was ever published can still be read."""

import json
import typing
from pathlib import Path

import msgspec
import pytest

from contracts.events import AnyEvent, topic_of

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.json"))
DECODER = msgspec.json.Decoder(AnyEvent)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_published_shape_decodes_for_ever(path: Path) -> None:
    event = DECODER.decode(path.read_bytes())
    written = json.loads(msgspec.json.encode(event))
    assert topic_of(event) == written["type"]
    assert json.loads(path.read_bytes()).items() <= written.items()


def test_every_event_has_a_golden_shape() -> None:
    assert {topic_of(event) for event in typing.get_args(AnyEvent)} == {path.stem for path in GOLDEN}


def test_a_field_of_tomorrow_does_no_harm_today() -> None:
    later = b'{"type":"status.created","status_id":1,"account_id":2,"is_local":true,"mood":"sunny"}'
    assert DECODER.decode(later) == DECODER.decode(later.replace(b',"mood":"sunny"', b""))
