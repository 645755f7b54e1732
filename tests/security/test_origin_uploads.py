"""Class ORIGIN-03: what somebody uploads to us never passes for an activity, here or at other servers."""

import httpx
import orjson
from media_scene import alice, client, database, images, media_settings, medias_database, resources, studio
from neighbours import ACTIVITY
from pictures import a_picture, a_polyglot
from studio import Studio

from apcore.fetch.exchange import is_activity_type
from media.storage.model import TYPES, as_key, new_key

__all__ = ["alice", "client", "database", "images", "media_settings", "medias_database", "resources", "studio"]

NOTE = orjson.dumps(
    {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": "https://ours.test/ap/users/1/statuses/1",
        "type": "Note",
        "attributedTo": "https://ours.test/ap/users/1",
        "content": "<p>Never said</p>",
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
    }
)
WANTED = [ACTIVITY, 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"', "application/json"]


async def test_origin_03_an_activity_is_no_upload(alice: httpx.AsyncClient, studio: Studio) -> None:
    for name in ("note.json", "note.png", "note", "note.jpg.json"):
        for said in (ACTIVITY, "image/png", "application/octet-stream"):
            for version in (1, 2):
                answer = await alice.post(f"/api/v{version}/media", files={"file": (name, NOTE, said)})
                assert answer.status_code == 422
    assert studio.files() == []


async def test_origin_03_no_file_is_served_as_an_activity(alice: httpx.AsyncClient, studio: Studio) -> None:
    hidden = await alice.post("/api/v2/media", files={"file": ("a.json", a_picture() + NOTE, ACTIVITY)})
    folded = await alice.post("/api/v2/media", files={"file": ("a.json", a_polyglot(), ACTIVITY)})
    addresses = [answer.json()["url"] for answer in (hidden, folded) if answer.status_code == 200]
    assert addresses
    # Even what should never have come into the storage is only a file.
    for extension in TYPES:
        key = new_key("attachments", extension)
        await studio.res.storage.put(key, NOTE)
        addresses.append(f"/media/{key}")
    assert as_key(new_key("attachments", "json")) is None
    for address in addresses:
        for accept in WANTED:
            answer = await alice.get(address, headers={"Accept": accept})
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            served = answer.headers["Content-Type"]
            assert not is_activity_type(served)
            assert answer.status_code == 200
            assert "json" not in served
            assert "html" not in served
