"""Write docs/events.md from the catalogue, or with --check say whether it is fresh."""

import inspect
import sys
import typing
from pathlib import Path

import msgspec

from chassis.topology import queues
from contracts.events import AnyEvent, Event, topic_of

PAGE = Path(__file__).parents[1] / "docs" / "events.md"

HEAD = """# Events

Generated from `libs/contracts/src/contracts/events/` and the services' queues by `make docs`: do not edit.

Every event is a fact in the past tense, published to the topic exchange `events` under its tag, with the headers
`event_id`, `traceparent` and, after a first try, `attempt`. Fields are ids unless they say otherwise.

| event | fields | heard by | meaning |
|---|---|---|---|
"""


def row(event: type[Event], listeners: list[str]) -> str:
    fields = ", ".join(f"`{field.name}`" for field in msgspec.structs.fields(event))
    meaning = " ".join((inspect.getdoc(event) or "").split()).replace("|", "\\|")
    heard = ", ".join(f"`{name}`" for name in sorted(listeners)) or "nobody yet"
    return f"| `{topic_of(event)}` | {fields} | {heard} | {meaning} |\n"


def page() -> str:
    listeners: dict[type, list[str]] = {}
    for queue in queues():
        for message in queue.handlers:
            listeners.setdefault(message, []).append(queue.name)
    return HEAD + "".join(row(event, listeners.get(event, [])) for event in typing.get_args(AnyEvent))


def main() -> None:
    text = page()
    if "--check" not in sys.argv:
        PAGE.write_text(text)
    elif not PAGE.exists() or PAGE.read_text() != text:
        sys.exit("docs/events.md is not fresh: run `make docs`")


main()
