"""What people on two servers do with each other."""

import asyncio

import pytest
from federation.world import Person, words
from pictures import with_exif
from waiting import eventually


async def test_a_post_crosses_the_border_and_its_deletion_too(alice: Person, bob: Person) -> None:
    posted = await alice.post("Hello over there")
    assert words(await bob.sees(posted["uri"])) == "Hello over there"
    await alice.delete(posted)
    await bob.sees_no_more(posted["uri"])


async def test_an_edit_crosses_the_border_with_its_history(alice: Person, bob: Person) -> None:
    posted = await alice.post("Frist")
    there = await bob.sees(posted["uri"])
    edited = await alice.client.put(f"/api/v1/statuses/{posted['id']}", json={"status": "First"})
    assert edited.status_code == 200

    async def corrected() -> bool:
        return words(await bob.get(f"/api/v1/statuses/{there['id']}")) == "First"

    await eventually(corrected)
    history = await bob.get(f"/api/v1/statuses/{there['id']}/history")
    assert [words(version) for version in history] == ["Frist", "First"]


async def test_a_reply_makes_one_thread_on_both_sides(alice: Person, bob: Person) -> None:
    posted = await alice.post("Who comes along?")
    there = await bob.sees(posted["uri"])
    reply = await bob.post(f"{alice.handle} me", in_reply_to_id=there["id"])
    told = await alice.is_told("mention", bob)
    assert told["status"]["uri"] == reply["uri"]
    assert told["status"]["in_reply_to_id"] == posted["id"]
    context = await alice.get(f"/api/v1/statuses/{posted['id']}/context")
    assert [status["uri"] for status in context["descendants"]] == [reply["uri"]]


async def test_favourites_and_boosts_are_told_counted_and_taken_back(alice: Person, bob: Person) -> None:
    posted = await alice.post("Like and share")
    there = await bob.sees(posted["uri"])
    await bob.send(f"/api/v1/statuses/{there['id']}/favourite")
    await bob.send(f"/api/v1/statuses/{there['id']}/reblog")
    await alice.is_told("favourite", bob)
    await alice.is_told("reblog", bob)

    async def counts() -> tuple[int, int]:
        seen = await alice.get(f"/api/v1/statuses/{posted['id']}")
        return seen["favourites_count"], seen["reblogs_count"]

    await eventually(counts, is_=(1, 1))
    await bob.send(f"/api/v1/statuses/{there['id']}/unfavourite")
    await bob.send(f"/api/v1/statuses/{there['id']}/unreblog")
    await eventually(counts, is_=(0, 0))


async def test_a_picture_comes_with_its_description(alice: Person, bob: Person) -> None:
    upload = await alice.client.post(
        "/api/v2/media",
        files={"file": ("starling.jpg", with_exif(), "image/jpeg")},
        data={"description": "A starling"},
    )
    assert upload.status_code in (200, 202), upload.text
    media = upload.json()

    async def ready() -> bool:
        return (await alice.client.get(f"/api/v1/media/{media['id']}")).status_code == 200

    await eventually(ready)
    posted = await alice.post("Look", media_ids=[media["id"]])
    there = await bob.sees(posted["uri"])
    [attachment] = there["media_attachments"]
    assert (attachment["type"], attachment["description"]) == ("image", "A starling")
    picture = await bob.client.get(attachment["preview_url"])
    assert picture.headers["content-type"].startswith("image/")


@pytest.mark.parametrize("visibility", ["unlisted", "private", "direct"])
async def test_visibility_is_the_same_on_both_sides(alice: Person, bob: Person, visibility: str) -> None:
    posted = await alice.post(f"{bob.handle} only as far as {visibility}", visibility=visibility)
    there = (await bob.is_told("mention", alice))["status"]

    async def told_of_it() -> bool:
        told = await bob.get("/api/v1/notifications", **{"types[]": "mention"})
        return any(n["status"]["uri"] == posted["uri"] and n["status"]["visibility"] == visibility for n in told)

    await eventually(told_of_it)
    assert there["account"]["acct"].startswith("alice@")
    anonymous = await bob.get("/api/v1/timelines/public")
    assert posted["uri"] not in [status["uri"] for status in anonymous]


async def test_a_content_warning_and_a_hashtag_come_along(alice: Person, bob: Person) -> None:
    posted = await alice.post("The butler did it #Whodunnit", spoiler_text="Spoilers", language="en")
    there = await bob.sees(posted["uri"])
    assert (there["spoiler_text"], there["sensitive"], there["language"]) == ("Spoilers", True, "en")
    assert [tag["name"].lower() for tag in there["tags"]] == ["whodunnit"]
    tagged = await bob.get("/api/v1/timelines/tag/whodunnit")
    assert [status["uri"] for status in tagged] == [posted["uri"]]


async def test_a_poll_is_answered_across_the_border(alice: Person, bob: Person) -> None:
    posted = await alice.post("Lunch?", poll={"options": ["Soup", "Salad"], "expires_in": 600})
    there = (await bob.sees(posted["uri"]))["poll"]
    answered = await bob.send(f"/api/v1/polls/{there['id']}/votes", choices=[1])
    assert (answered["own_votes"], [option["votes_count"] for option in answered["options"]]) == ([1], [0, 1])

    async def counted() -> tuple[int, list[int]]:
        poll = await alice.get(f"/api/v1/polls/{posted['poll']['id']}")
        return poll["voters_count"], [option["votes_count"] for option in poll["options"]]

    await eventually(counted, is_=(1, [0, 1]))


async def test_a_profile_change_crosses_the_border(alice: Person, bob: Person) -> None:
    await alice.client.patch("/api/v1/accounts/update_credentials", json={"display_name": "Alice in Alpha"})
    there = await bob.find(alice.handle)

    async def renamed() -> bool:
        return (await bob.get(f"/api/v1/accounts/{there['id']}"))["display_name"] == "Alice in Alpha"

    await eventually(renamed)


async def test_many_posts_at_once_arrive_once_each(alice: Person, bob: Person) -> None:
    posted = await asyncio.gather(*(alice.post(f"number {n}") for n in range(40)))
    wanted = {status["uri"] for status in posted}

    async def arrived() -> bool:
        return wanted <= {status["uri"] for status in await bob.home(40)}

    await eventually(arrived)
    uris = [status["uri"] for status in await bob.home(40)]
    assert len(uris) == len(set(uris))
