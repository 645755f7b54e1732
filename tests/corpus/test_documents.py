"""Every document that other programs really send is understood, or dropped with a reason."""

import json
from pathlib import Path

import pytest

from apcore import activities, actors, collections, jsonld, objects
from apcore.jsonld import Json, Malformed

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"

# What we have no meaning for, and say so: nothing else may be dropped.
DROPPED = {"Lock", "Warn", "Resolve", "Dislike", "ChatMessage"}


def documents() -> list[Path]:
    return sorted(CORPUS.rglob("*.json"))


def named(path: Path) -> str:
    return str(path.relative_to(CORPUS))


def outcome_of(document: Json) -> str:
    """`read`, or the reason why not."""
    try:
        return _read(document)
    except Malformed as error:
        return f"dropped: {error}"


def _read(document: Json) -> str:
    kind = jsonld.type_of(document)
    if objects.is_note(document):
        note = objects.read_note(document)
        assert objects.read_note(objects.write_note(note)).id == note.id
    elif actors.is_actor(document):
        actor = actors.read_actor(document)
        assert actors.read_actor(actors.write_actor(actor)).keys == actor.keys
    elif collections.is_collection(document):
        collections.read_collection(document)
    elif kind == "Tombstone":
        objects.read_tombstone(document)
    else:
        return _read_activity(document)
    return "read"


def _read_activity(document: Json) -> str:
    activity = activities.read(document)
    if isinstance(activity, activities.Unknown):
        return f"dropped: {activity.type}"
    embedded = None if isinstance(activity, activities.Flag) else activity.embedded
    return outcome_of(embedded) if embedded is not None else "read"


if not CORPUS.is_dir():
    print(f"The corpus is not at {CORPUS}: its documents are not read.")  # noqa: T201 (says so)


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"the corpus is not at {CORPUS}")
def test_the_corpus_has_all_its_documents():
    assert len(list(documents())) == 124


@pytest.mark.parametrize("path", documents(), ids=named)
def test_every_document_is_understood_or_dropped_on_purpose(path):
    outcome = outcome_of(jsonld.parse(path.read_bytes()))
    if outcome != "read":
        assert any(kind in outcome for kind in DROPPED), outcome


@pytest.mark.parametrize("path", documents(), ids=named)
def test_a_document_in_normal_form_stays_as_it_is(path):
    once = jsonld.normal(json.loads(path.read_text()))
    assert jsonld.normal(once) == once
