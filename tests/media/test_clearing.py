"""Clearing away: what nobody posted, what nothing names, what is too old or unwanted."""

import datetime as dt

import httpx
import pytest
from pictures import a_picture
from studio import Elsewhere, Studio

from chassis.clock import utc_now
from contracts.events import PolicyChanged
from contracts.ids import Domain, MediaId
from media.handlers import clearing
from media.storage.model import new_key
from media.store import files
from social.media.model import version_of
from social.scheduled.actions import cancel, schedule

AGE = {
    "unattached": "UPDATE media.unattached SET seen_at = seen_at - interval '25 hours'",
    "files": "UPDATE media.files SET checked_at = checked_at - interval '2 hours'",
    "cached": "UPDATE media.cached SET fetched_at = fetched_at - interval '30 days'",
}


async def later(studio: Studio, what: str) -> None:
    async with studio.res.db.transaction() as tx:
        await tx.execute(AGE[what])


async def upload(alice: httpx.AsyncClient) -> MediaId:
    answer = await alice.post("/api/v2/media", files={"file": ("a.jpg", a_picture(), "image/jpeg")})
    return MediaId(int(answer.json()["id"]))


async def sweep(studio: Studio) -> None:
    await clearing.unattached(studio.res)
    await later(studio, "unattached")
    await clearing.unattached(studio.res)
    await studio.work()


async def test_a_draft_nobody_posted_goes_after_a_day(alice: httpx.AsyncClient, studio: Studio) -> None:
    await upload(alice)
    await clearing.unattached(studio.res)
    await studio.work()
    assert len(studio.files()) == 2
    await sweep(studio)
    assert studio.files() == []
    assert await studio.res.db.fetchval("SELECT count(*) FROM media.files") == 0


async def test_what_is_posted_stays(alice: httpx.AsyncClient, studio: Studio) -> None:
    await clearing.unattached(studio.res)
    media_id = await upload(alice)
    await clearing.unattached(studio.res)
    await studio.post(await studio.somebody("alice"), [media_id])
    await later(studio, "unattached")
    await clearing.unattached(studio.res)
    await studio.work()
    assert len(studio.files()) == 2


async def test_what_is_scheduled_stays_and_is_not_taken_away(alice: httpx.AsyncClient, studio: Studio) -> None:
    media_id = await upload(alice)
    author = await studio.somebody("alice")
    async with studio.gateway.transaction() as tx:
        at = utc_now() + dt.timedelta(days=2)
        scheduled = await schedule(tx, author.id, None, at, {"status": "Later"}, [media_id], utc_now())
    await sweep(studio)
    assert len(studio.files()) == 2
    assert (await alice.delete(f"/api/v1/media/{media_id}")).status_code == 422
    async with studio.gateway.transaction() as tx:
        await cancel(tx, scheduled, author.id)
    await sweep(studio)
    assert studio.files() == []


async def test_what_a_deleted_status_left_can_be_posted_again_for_a_day(
    alice: httpx.AsyncClient, studio: Studio
) -> None:
    author = await studio.somebody("alice")
    media_id = await upload(alice)
    status = await studio.post(author, [media_id])
    await sweep(studio)
    await studio.delete(author, status)
    await clearing.unattached(studio.res)
    assert await studio.post(author, [media_id])
    await sweep(studio)
    assert len(studio.files()) == 2


async def test_files_whose_rows_are_gone_are_collected(alice: httpx.AsyncClient, studio: Studio, superuser) -> None:
    await upload(alice)
    await superuser.execute("DELETE FROM social.accounts")
    await clearing.nameless(studio.res)
    await studio.work()
    assert len(studio.files()) == 2, "not before they are an hour old"
    await later(studio, "files")
    await clearing.nameless(studio.res)
    await studio.work()
    assert studio.files() == []


async def test_named_files_are_not_collected(alice: httpx.AsyncClient, studio: Studio, elsewhere: Elsewhere) -> None:
    await upload(alice)
    eve = await studio.stranger(avatar_remote_url=elsewhere.hold("a.jpg", a_picture()))
    await alice.get(f"/media/proxy/accounts/{eve.id}/avatar")
    author = await studio.somebody("alice")
    key = new_key("avatars", "jpg")
    async with studio.res.db.transaction() as tx:
        await files.add(tx, files.ACCOUNT, author.id, [key])
    await studio.res.storage.put(key, b"x")
    await studio.set_avatar(author.id, key)
    await later(studio, "files")
    await clearing.nameless(studio.res)
    await studio.work()
    assert len(studio.files()) == 4


async def test_a_file_that_was_noted_and_never_stored_is_forgotten(studio: Studio) -> None:
    async with studio.res.db.transaction() as tx:
        await files.add(tx, files.ACCOUNT, 1, [new_key("avatars", "jpg")])
    await later(studio, "files")
    await clearing.nameless(studio.res)
    await studio.work()
    assert await studio.res.db.fetchval("SELECT count(*) FROM media.files") == 0


async def test_old_copies_go(client: httpx.AsyncClient, studio: Studio, elsewhere: Elsewhere) -> None:
    eve = await studio.stranger(avatar_remote_url=elsewhere.hold("a.jpg", a_picture()))
    await client.get(f"/media/proxy/accounts/{eve.id}/avatar")
    await later(studio, "cached")
    await clearing.old_copies(studio.res)
    await studio.work()
    assert studio.files() == []


@pytest.mark.parametrize(("domain", "left"), [("far.example", 0), ("example", 0), ("other.example", 2)])
async def test_copies_of_a_rejected_server_go(
    client: httpx.AsyncClient, studio: Studio, elsewhere: Elsewhere, domain: str, left: int
) -> None:
    url = elsewhere.hold("a.jpg", a_picture())
    media_id = await studio.remote_file(await studio.stranger(), url)
    await client.get(f"/media/proxy/{media_id}/small?v={version_of(url)}")
    await studio.forbid(domain, severity="silence", reject_media=True)
    await clearing.on_policy(studio.res, PolicyChanged(domain=Domain(domain)))
    await studio.work()
    assert len(studio.files()) == left
