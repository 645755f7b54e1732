"""Pictures of other servers: fetched when somebody looks, made anew, and gone when their server is rejected."""

import asyncio
import io

import asyncpg
import httpx
import pytest
from pictures import HTML, SVG, a_bomb, a_picture, a_polyglot, an_animation, with_exif
from PIL import Image
from studio import Elsewhere, Studio
from waiting import eventually

from chassis.bus import Bus, open_bus
from chassis.ending import end
from chassis.outbox import Relay
from contracts.events import PolicyChanged
from contracts.ids import Domain, MediaId
from social.accounts.model import Account
from social.media.model import version_of
from social.policies import actions as policies
from social.policies.actions import Wish


@pytest.fixture
async def eve(studio: Studio) -> Account:
    return await studio.stranger()


def address(media_id: MediaId, url: str, variant: str = "original") -> str:
    return f"/media/proxy/{media_id}/{variant}?v={version_of(url)}"


def size_of(answer: httpx.Response) -> tuple[int, int]:
    assert answer.status_code == 200, answer.text
    return Image.open(io.BytesIO(answer.content)).size


async def test_a_picture_is_fetched_once_and_made_anew(
    studio: Studio, client: httpx.AsyncClient, elsewhere: Elsewhere, eve: Account
) -> None:
    url = elsewhere.hold("a.jpg", with_exif(width=1600, height=1200))
    media_id = await studio.remote_file(eve, url)
    original = await client.get(address(media_id, url))
    assert size_of(original) == (1600, 1200)
    assert b"SecretCamera" not in original.content
    assert original.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "immutable" not in original.headers["Cache-Control"]
    small = await client.get(address(media_id, url, "small"))
    assert max(size_of(small)) < 600
    assert elsewhere.asked == ["a.jpg"]


async def test_many_who_look_at_once_cause_one_fetch(
    studio: Studio, client: httpx.AsyncClient, elsewhere: Elsewhere, eve: Account
) -> None:
    url = elsewhere.hold("a.jpg", a_picture())
    media_id = await studio.remote_file(eve, url)
    answers = await asyncio.gather(*(client.get(address(media_id, url)) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert (elsewhere.asked, len(studio.files())) == (["a.jpg"], 2)


async def test_an_address_cannot_be_guessed(
    studio: Studio, client: httpx.AsyncClient, elsewhere: Elsewhere, eve: Account
) -> None:
    url = elsewhere.hold("a.jpg", a_picture())
    media_id = await studio.remote_file(eve, url)
    for guess in ("", "?v=", f"?v={version_of('https://far.example/b.jpg')}"):
        assert (await client.get(f"/media/proxy/{media_id}/original{guess}")).status_code == 404
    assert elsewhere.asked == []


@pytest.mark.parametrize(
    "content",
    [HTML, SVG, b"", a_bomb(), a_picture()[:3000], b"GIF89a" + HTML],
    ids=str.split("html svg empty bomb half gif"),
)
async def test_what_is_no_picture_is_not_passed_on(
    studio: Studio, client: httpx.AsyncClient, elsewhere: Elsewhere, eve: Account, content: bytes
) -> None:
    url = elsewhere.hold("a.jpg", content)
    media_id = await studio.remote_file(eve, url)
    for _ in range(2):
        assert (await client.get(address(media_id, url))).status_code == 404
    # The failure is remembered.
    assert elsewhere.asked == ["a.jpg"]
    assert studio.files() == []


async def test_a_polyglot_loses_its_other_tongue(
    studio: Studio, client: httpx.AsyncClient, elsewhere: Elsewhere, eve: Account
) -> None:
    url = elsewhere.hold("a.gif", a_polyglot(), "text/html")
    media_id = await studio.remote_file(eve, url)
    answer = await client.get(address(media_id, url))
    assert size_of(answer) == (20, 20)
    assert b"<script>" not in answer.content


async def test_private_addresses_are_not_fetched(studio: Studio, client: httpx.AsyncClient, eve: Account) -> None:
    url = "http://169.254.169.254/latest/meta-data/"
    media_id = await studio.remote_file(eve, url)
    assert (await client.get(address(media_id, url))).status_code == 404


@pytest.mark.parametrize("wish", [{"severity": "suspend"}, {"severity": "noop", "reject_media": True}])
async def test_a_policy_ends_it_at_once(
    studio: Studio, client: httpx.AsyncClient, elsewhere: Elsewhere, eve: Account, wish: dict
) -> None:
    url = elsewhere.hold("a.jpg", a_picture())
    media_id = await studio.remote_file(eve, url)
    assert (await client.get(address(media_id, url))).status_code == 200
    await studio.forbid("far.example", **wish)
    assert (await client.get(address(media_id, url))).status_code == 404


async def hears(studio: Studio, bus: Bus) -> bool:
    """Whether an event on the bus makes this process read the policies anew."""
    before = studio.res.policies.value
    if bus.is_up:
        await bus.emit(PolicyChanged(domain=Domain("any.example")))
        await asyncio.sleep(0.1)
    return studio.res.policies.value is not before


async def test_a_policy_reaches_us_over_the_bus_within_a_second(
    studio: Studio, client: httpx.AsyncClient, elsewhere: Elsewhere, eve: Account
) -> None:
    url = elsewhere.hold("a.jpg", a_picture())
    media_id = await studio.remote_file(eve, url)
    settings = studio.res.settings

    async def rejected() -> bool:
        return (await client.get(address(media_id, url))).status_code == 404

    async with open_bus(settings) as bus:
        relay = asyncio.create_task(Relay(settings, bus, role="moderation", schema="moderation").run())
        await eventually(lambda: hears(studio, bus))
        assert not await rejected()
        async with studio.moderation.transaction() as tx:
            await policies.create(tx, Domain("far.example"), Wish(severity="suspend"))
        await eventually(rejected, within=1)
        await end([relay])


async def test_a_suspended_account_shows_nothing(
    studio: Studio, client: httpx.AsyncClient, elsewhere: Elsewhere, eve: Account
) -> None:
    url = elsewhere.hold("a.jpg", a_picture())
    media_id = await studio.remote_file(eve, url)
    async with studio.moderation.transaction() as tx:
        await tx.execute("UPDATE social.accounts SET suspended_at = now() WHERE id = $1", eve.id)
    assert (await client.get(address(media_id, url))).status_code == 404


@pytest.mark.parametrize("kind", ["video", "audio", "gifv"])
async def test_films_and_sounds_are_not_proxied(
    studio: Studio, client: httpx.AsyncClient, elsewhere: Elsewhere, eve: Account, kind: str
) -> None:
    url = elsewhere.hold("a.mp4", b"", "video/mp4")
    media_id = await studio.remote_file(eve, url, kind)
    assert (await client.get(address(media_id, url))).status_code == 501
    assert elsewhere.asked == []


async def test_the_still_of_a_film_is_copied_as_pictures_are(
    studio: Studio, client: httpx.AsyncClient, elsewhere: Elsewhere, eve: Account
) -> None:
    url, still = elsewhere.hold("a.mp4", b"", "video/mp4"), elsewhere.hold("still.jpg", a_picture(800, 600))
    media_id = await studio.remote_file(eve, url, "video", preview_url=still)
    assert size_of(await client.get(address(media_id, still, "small")))
    assert (await client.get(address(media_id, url, "small"))).status_code == 404
    assert elsewhere.asked == ["still.jpg"]


async def test_profile_pictures_fill_their_frames_and_follow_changes(
    studio: Studio, client: httpx.AsyncClient, elsewhere: Elsewhere
) -> None:
    urls = {name: elsewhere.hold(f"{name}.png", a_picture(800, 600, kind="PNG")) for name in ("one", "two")}
    eve = await studio.stranger(avatar_remote_url=urls["one"], header_remote_url=urls["one"])
    assert size_of(await client.get(f"/media/proxy/accounts/{eve.id}/avatar")) == (400, 400)
    assert size_of(await client.get(f"/media/proxy/accounts/{eve.id}/header")) == (1500, 500)
    await studio.stranger(avatar_remote_url=urls["two"])
    assert size_of(await client.get(f"/media/proxy/accounts/{eve.id}/avatar")) == (400, 400)
    assert (await client.get(f"/media/proxy/accounts/{eve.id}/header")).status_code == 404
    assert elsewhere.asked == ["one.png", "one.png", "two.png"]


async def test_emoji_move_and_stand_still(studio: Studio, client: httpx.AsyncClient, elsewhere: Elsewhere) -> None:
    url = elsewhere.hold("wave.gif", an_animation(3), "image/gif")
    async with studio.inbox.transaction() as tx:
        emoji_id = await tx.fetchval(
            "INSERT INTO social.custom_emojis (shortcode, domain, image_remote_url) "
            "VALUES ('wave', 'far.example', $1) RETURNING id",
            url,
        )
    moving = await client.get(f"/media/proxy/emojis/{emoji_id}/image")
    still = await client.get(f"/media/proxy/emojis/{emoji_id}/static")
    assert Image.open(io.BytesIO(moving.content)).n_frames == 3
    assert getattr(Image.open(io.BytesIO(still.content)), "n_frames", 1) == 1
    await studio.forbid("far.example", severity="suspend")
    assert (await client.get(f"/media/proxy/emojis/{emoji_id}/image")).status_code == 404


async def test_a_lost_copy_is_fetched_again(
    studio: Studio, client: httpx.AsyncClient, elsewhere: Elsewhere, eve: Account
) -> None:
    url = elsewhere.hold("a.jpg", a_picture())
    media_id = await studio.remote_file(eve, url)
    await client.get(address(media_id, url))
    for name in studio.files():
        (studio.res.settings.media_root / name).unlink()
    assert (await client.get(address(media_id, url))).status_code == 404
    assert (await client.get(address(media_id, url))).status_code == 200


async def test_mastodons_address_leads_to_the_picture(
    studio: Studio, client: httpx.AsyncClient, elsewhere: Elsewhere, eve: Account, superuser: asyncpg.Connection
) -> None:
    url = elsewhere.hold("a.jpg", a_picture())
    media_id = await studio.remote_file(eve, url)
    answer = await client.get(f"/media_proxy/{media_id}/small")
    assert (answer.status_code, answer.headers["location"]) == (
        302,
        "https://ours.test" + address(media_id, url, "small"),
    )
    for unknown in (f"{media_id}/large", f"{media_id}/a/b", f"{media_id + 1}/small", "x/small"):
        assert (await client.get(f"/media_proxy/{unknown}")).status_code == 404
    await superuser.execute("UPDATE social.statuses SET visibility = 'private'")
    assert (await client.get(f"/media_proxy/{media_id}/small")).status_code == 404
