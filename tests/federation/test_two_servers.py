"""What people on two servers do with each other."""

import asyncio
from pathlib import Path

import pytest
from federation.world import Person, operate, relation, words
from pictures import a_picture, with_exif
from waiting import eventually


@pytest.fixture(params=["out", "in"])
def pair(people: tuple[Person, Person], request: pytest.FixtureRequest) -> tuple[Person, Person]:
    """Who acts and who sees it: alice and bob, and then the other way round."""
    alice, bob = people
    return (alice, bob) if request.param == "out" else (bob, alice)


async def test_a_post_crosses_the_border_and_its_deletion_too(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    posted = await alice.post("Hello over there")
    assert words(await bob.sees(posted["uri"])) == "Hello over there"
    await alice.delete(posted)
    await bob.sees_no_more(posted["uri"])


async def test_an_edit_crosses_the_border_with_its_history(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    posted = await alice.post("Frist")
    there = await bob.sees(posted["uri"])
    edited = await alice.client.put(f"/api/v1/statuses/{posted['id']}", json={"status": "First"})
    assert edited.status_code == 200

    async def corrected() -> bool:
        return words(await bob.get(f"/api/v1/statuses/{there['id']}")) == "First"

    await eventually(corrected)
    history = await bob.get(f"/api/v1/statuses/{there['id']}/history")
    assert [words(version) for version in history] == ["Frist", "First"]


async def test_a_reply_makes_one_thread_on_both_sides(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    posted = await alice.post("Who comes along?")
    there = await bob.sees(posted["uri"])
    reply = await bob.post(f"{alice.handle} me", in_reply_to_id=there["id"])
    told = await alice.is_told_of(reply["uri"])
    assert told["status"]["in_reply_to_id"] == posted["id"]
    context = await alice.get(f"/api/v1/statuses/{posted['id']}/context")
    assert [status["uri"] for status in context["descendants"]] == [reply["uri"]]


async def test_favourites_and_boosts_are_told_counted_and_taken_back(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
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


async def test_a_picture_comes_with_its_description(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    media = await alice.upload(with_exif(), "A starling")
    posted = await alice.post("Look", media_ids=[media["id"]])
    there = await bob.sees(posted["uri"])
    [attachment] = there["media_attachments"]
    assert (attachment["type"], attachment["description"]) == ("image", "A starling")
    picture = await bob.client.get(attachment["preview_url"])
    assert picture.headers["content-type"].startswith("image/")


@pytest.mark.parametrize("visibility", ["unlisted", "private", "direct"])
async def test_visibility_is_the_same_on_both_sides(pair: tuple[Person, Person], visibility: str) -> None:
    alice, bob = pair
    posted = await alice.post(f"{bob.handle} only as far as {visibility}", visibility=visibility)
    there = (await bob.is_told("mention", alice))["status"]

    async def told_of_it() -> bool:
        told = await bob.get("/api/v1/notifications", **{"types[]": "mention"})
        return any(n["status"]["uri"] == posted["uri"] and n["status"]["visibility"] == visibility for n in told)

    await eventually(told_of_it)
    assert there["account"]["acct"].startswith(f"{alice.name}@")
    anonymous = await bob.get("/api/v1/timelines/public")
    assert posted["uri"] not in [status["uri"] for status in anonymous]


async def test_a_content_warning_and_a_hashtag_come_along(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    posted = await alice.post("The butler did it #Whodunnit", spoiler_text="Spoilers", language="en")
    there = await bob.sees(posted["uri"])
    assert (there["spoiler_text"], there["sensitive"], there["language"]) == ("Spoilers", True, "en")
    assert [tag["name"].lower() for tag in there["tags"]] == ["whodunnit"]
    tagged = await bob.get("/api/v1/timelines/tag/whodunnit")
    assert posted["uri"] in [status["uri"] for status in tagged]


async def test_a_poll_is_answered_across_the_border(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    posted = await alice.post("Lunch?", poll={"options": ["Soup", "Salad"], "expires_in": 600})
    there = (await bob.sees(posted["uri"]))["poll"]
    answered = await bob.send(f"/api/v1/polls/{there['id']}/votes", choices=[1])
    assert (answered["own_votes"], [option["votes_count"] for option in answered["options"]]) == ([1], [0, 1])

    async def counted() -> tuple[int, list[int]]:
        poll = await alice.get(f"/api/v1/polls/{posted['poll']['id']}")
        return poll["voters_count"], [option["votes_count"] for option in poll["options"]]

    await eventually(counted, is_=(1, [0, 1]))


async def test_a_follow_is_told_and_taken_back(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    here, there = await bob.find(alice.handle), await alice.find(bob.handle)
    await alice.send(f"/api/v1/accounts/{there['id']}/unfollow")

    async def is_followed() -> bool:
        return bool((await relation(bob, here))["followed_by"])

    async def is_left() -> bool:
        return not await is_followed()

    await eventually(is_left)
    await alice.follow(bob.handle)
    await eventually(is_followed)
    await bob.is_told("follow", alice)


async def test_a_block_parts_both_and_can_be_taken_back(pair: tuple[Person, Person]) -> None:
    alice, bob = pair
    here, there = await bob.find(alice.handle), await alice.find(bob.handle)
    await alice.send(f"/api/v1/accounts/{there['id']}/block")

    async def is_blocked() -> bool:
        stands = await relation(bob, here)
        return bool(stands["blocked_by"]) and not stands["following"]

    async def is_free() -> bool:
        return not (await relation(bob, here))["blocked_by"]

    await eventually(is_blocked)
    await alice.send(f"/api/v1/accounts/{there['id']}/unblock")
    await eventually(is_free)
    await asyncio.gather(alice.follow(bob.handle), bob.follow(alice.handle))


async def test_who_follows_an_account_that_moves_follows_the_other(pair: tuple[Person, Person]) -> None:
    """Moved from the one server to the other, where its follower sees it come."""
    alice, bob = pair
    name = f"walter_{alice.name}"
    for server in (alice.server, bob.server):
        email = f"{name}@example.com"
        await operate(
            server, "accounts", "create", name, "--email", email, "--password", "a-long-password", "--confirmed"
        )
    old, new = (f"{name}@{server.settings.domain}" for server in (alice.server, bob.server))
    await bob.follow(old)
    await operate(bob.server, "accounts", "alias", "add", name, old)
    await operate(alice.server, "accounts", "move", name, new)
    moved_to = await bob.find(new)

    async def follows() -> bool:
        return bool((await relation(bob, moved_to))["following"])

    await eventually(follows)


async def test_a_custom_emoji_comes_along(pair: tuple[Person, Person], tmp_path: Path) -> None:
    alice, bob = pair
    file = tmp_path / "blobcat.png"
    file.write_bytes(a_picture(kind="PNG"))
    await operate(alice.server, "emoji", "add", "blobcat", str(file))
    posted = await alice.post("Look :blobcat:")
    there = await bob.sees(posted["uri"])
    [emoji] = there["emojis"]
    assert emoji["shortcode"] == "blobcat"
    picture = await bob.client.get(emoji["url"])
    assert picture.headers["content-type"].startswith("image/")


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
