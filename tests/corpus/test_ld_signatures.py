"""LD signatures that other programs really made hold, as far as the corpus has their makers' keys."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from apcore import keys
from apcore.signatures import ld

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
PAIRS = [
    ("smithereen/activities/create_note", "smithereen/objects/person"),
    ("friendica/activities/create_note", "friendica/objects/person_1"),
]


def document(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CORPUS / f"{name}.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not here")
@pytest.mark.parametrize(("activity", "actor"), PAIRS)
def test_a_signature_of_another_program_holds(activity: str, actor: str) -> None:
    sent, key = document(activity), keys.load_public(document(actor)["publicKey"]["publicKeyPem"])
    read = ld.read(sent, NOW)
    assert ld.verify(read, key)
    assert read.document["object"]["content"] == sent["object"]["content"]
    sent["object"]["content"] += "."
    assert not ld.verify(ld.read(sent, NOW), key)
