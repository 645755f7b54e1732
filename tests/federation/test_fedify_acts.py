"""Polls, blocks, moves, emoji and pictures across the border with a server of another lineage."""

from pathlib import Path

from federation.fedify.peer import Json, Peer, PeerActor
from federation.saying import PUBLIC, a_create, does, says
from federation.world import Person, open_person, operate, relation
from pictures import a_picture, with_exif
from waiting import eventually

from native.server import Server


async def document_of(reader: PeerActor, posted: Json) -> Json:
    """The post as Fedify read it, written anew."""
    return dict((await reader.until_in_timeline(posted["uri"]))["document"])


def listed(value: object) -> list[Json]:
    """One is written without a list."""
    return list(value) if isinstance(value, list) else [value]


async def test_our_vote_on_their_poll_reaches_who_asks(anna: Person, anna_uri: str, fred: PeerActor) -> None:
    options = [{"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": 0}} for name in "AB"]
    create = a_create(fred, type="Question", oneOf=options, endTime="2099-01-01T00:00:00Z", votersCount=0)
    await says(fred, anna, create)
    here = await anna.sees(create["object"]["id"])
    await anna.send(f"/api/v1/polls/{here['poll']['id']}/votes", choices=[1])

    async def vote() -> Json | None:
        came = [entry["raw"]["object"] for entry in await fred.peer.received("Create")]
        return next((note for note in came if note.get("inReplyTo") == create["object"]["id"]), None)

    found = await eventually(vote)
    assert found is not None
    assert (found["name"], found["attributedTo"], "content" in found) == ("B", anna_uri, False)


async def test_their_vote_on_our_poll_is_counted(anna: Person, fred: PeerActor) -> None:
    posted = await anna.post("Lunch?", poll={"options": ["Soup", "Salad"], "expires_in": 600})
    question = await document_of(fred, posted)
    assert question["type"] == "Question"
    assert [option["name"] for option in question["oneOf"]] == ["Soup", "Salad"]
    vote = a_create(fred, name="Salad", inReplyTo=posted["uri"], to=[question["attributedTo"]])
    del vote["object"]["content"]
    await says(fred, anna, vote | {"to": vote["object"]["to"]})

    async def counted() -> list[int]:
        poll = await anna.get(f"/api/v1/polls/{posted['poll']['id']}")
        return [option["votes_count"] for option in poll["options"]]

    await eventually(counted, is_=[0, 1])


async def test_our_block_is_told_there_and_taken_back(anna: Person, anna_uri: str, gerd: PeerActor) -> None:
    there = await anna.find(gerd.handle)
    await anna.send(f"/api/v1/accounts/{there['id']}/block")
    told = await gerd.peer.until_received("Block", actor=anna_uri)
    assert told["raw"]["object"] == gerd.id
    await anna.send(f"/api/v1/accounts/{there['id']}/unblock")

    async def taken_back() -> bool:
        undone = [entry["raw"]["object"] for entry in await gerd.peer.received("Undo")]
        return any(isinstance(what, dict) and what.get("id") == told["id"] for what in undone)

    await eventually(taken_back)


async def test_their_block_parts_us_and_can_be_taken_back(anna: Person, anna_uri: str, gerd: PeerActor) -> None:
    there = await anna.follow(gerd.handle)
    block = does(gerd, "Block", anna_uri)
    await says(gerd, anna, block)

    async def stands() -> tuple[bool, bool]:
        now = await relation(anna, there)
        return now["blocked_by"], now["following"]

    await eventually(stands, is_=(True, False))
    await says(gerd, anna, does(gerd, "Undo", block))
    await eventually(stands, is_=(False, False))


async def test_our_move_is_told_to_followers_there(alpha: Server, fred: PeerActor, peer: Peer) -> None:
    async with open_person("wanda", alpha) as wanda:
        here = str((await wanda.get("/api/v1/accounts/verify_credentials"))["uri"])
        await fred.follow(wanda.handle)
        await fred.until(lambda state: state["following"].get(here) == "accepted")
        elsewhere = await peer.create_actor("wanda", aliases=[here])
        await operate(alpha, "accounts", "move", "wanda", elsewhere.handle)
        told = await peer.until_received("Move", actor=here)
        assert (told["raw"]["object"], told["raw"]["target"]) == (here, elsewhere.id)
        assert (await fred.lookup(here))["movedTo"] == elsewhere.id


async def test_their_move_takes_our_followers_along(anna: Person, peer: Peer) -> None:
    old = await peer.create_actor("hugo")
    await anna.follow(old.handle)
    new = await peer.create_actor("hugo_again", aliases=[old.id])
    await says(old, anna, does(old, "Move", old.id, target=new.id))
    there = await anna.find(new.handle)

    async def follows() -> bool:
        return bool((await relation(anna, there))["following"])

    await eventually(follows)
    await new.until(lambda state: state["followers"] != [])


async def test_our_emoji_is_read_there_and_answers_by_itself(
    alpha: Server, anna: Person, fred: PeerActor, tmp_path: Path
) -> None:
    file = tmp_path / "parrot.png"
    file.write_bytes(a_picture(kind="PNG"))
    await operate(alpha, "emoji", "add", "parrot", str(file))
    posted = await anna.post("Look :parrot:")
    document = await document_of(fred, posted)
    [emoji] = [tag for tag in listed(document["tag"]) if "Emoji" in tag["type"]]
    assert emoji["name"] == ":parrot:"
    alone = await fred.lookup(emoji["id"])
    assert (alone["name"], alone["id"]) == (":parrot:", emoji["id"])


async def test_their_emoji_is_read_here(anna: Person, fred: PeerActor) -> None:
    icon = {"type": "Image", "mediaType": "image/png", "url": f"{fred.peer.origin}/blobfox.png"}
    tag = [{"type": "Emoji", "id": f"{fred.peer.origin}/emojis/blobfox", "name": ":blobfox:", "icon": icon}]
    create = a_create(fred, content="<p>Look :blobfox:</p>", tag=tag)
    await says(fred, anna, create)
    [emoji] = (await anna.sees(create["object"]["id"]))["emojis"]
    assert emoji["shortcode"] == "blobfox"


async def test_our_picture_is_read_there_with_its_description(anna: Person, fred: PeerActor) -> None:
    media = await anna.upload(with_exif(), "A starling")
    posted = await anna.post("Look", media_ids=[media["id"]])
    [attachment] = listed((await document_of(fred, posted))["attachment"])
    assert (attachment["type"], attachment["mediaType"], attachment["name"]) == ("Document", "image/jpeg", "A starling")


async def test_their_pictures_films_and_sounds_are_read_here(anna: Person, fred: PeerActor) -> None:
    kinds = {"image": "image/png", "video": "video/mp4", "audio": "audio/ogg", "unknown": "application/pdf"}
    files = [
        {"type": "Document", "mediaType": said, "url": f"{fred.peer.origin}/{kind}", "name": f"A {kind}"}
        for kind, said in kinds.items()
    ]
    create = a_create(fred, attachment=[*files, files[0] | {"url": f"{fred.peer.origin}/fifth"}])
    await says(fred, anna, create)
    shown = (await anna.sees(create["object"]["id"]))["media_attachments"]
    assert [(file["type"], file["description"]) for file in shown] == [(kind, f"A {kind}") for kind in kinds]


async def test_their_emoji_under_our_post_is_a_favourite_with_a_name(anna: Person, fred: PeerActor) -> None:
    posted = await anna.post("React")
    react = does(fred, "EmojiReact", posted["uri"], content="🔥", to=[PUBLIC])
    await says(fred, anna, react)

    async def shown() -> tuple[int, list[str]]:
        seen = await anna.get(f"/api/v1/statuses/{posted['id']}")
        return seen["favourites_count"], [one["name"] for one in seen.get("pleroma", {}).get("emoji_reactions", [])]

    await eventually(shown, is_=(1, ["🔥"]))
    told = await anna.is_told_of(posted["uri"], "favourite")
    assert told["account"]["acct"] == fred.handle
    await says(fred, anna, does(fred, "Undo", react))
    await eventually(shown, is_=(0, []))


async def test_every_kind_that_we_say_is_read_there(anna: Person, anna_uri: str, fred: PeerActor) -> None:
    """The kinds that no other test waits for; each as Fedify's own class, which it is not unless it was read."""
    posted = await anna.post("Pin this #Cats")
    await fred.until_in_timeline(posted["uri"])
    note = await fred.post("<p>Report this</p>")
    here = await anna.sees(note["id"])
    about = {"account_id": here["account"]["id"], "status_ids": [here["id"]], "comment": "Hm", "forward": True}
    await anna.send(f"/api/v1/statuses/{posted['id']}/pin")
    await anna.send("/api/v1/featured_tags", name="Cats")
    await anna.send("/api/v1/reports", **about)
    await anna.client.patch("/api/v1/accounts/update_credentials", json={"note": "Hello"})
    flag = await fred.peer.until_received("Flag")
    assert (flag["actor"], flag["raw"]["object"]) == (f"{anna.server.base_url}/actor", [fred.id, note["id"]])
    added = [(await fred.peer.until_received("Add", actor=anna_uri))["raw"]["target"]]
    assert added == [f"{anna_uri}/collections/featured"]
    await fred.peer.until_received("Update", actor=anna_uri)
    await anna.send(f"/api/v1/statuses/{posted['id']}/unpin")
    await fred.peer.until_received("Remove", actor=anna_uri)


async def test_everything_that_we_serve_is_read_there(anna: Person, anna_uri: str, fred: PeerActor) -> None:
    media = await anna.upload(with_exif(), "A starling")
    words = f"@{fred.handle} look :parrot: #Cats https://a.example"
    posted = await anna.post(words, media_ids=[media["id"]], spoiler_text="Birds", language="en")
    asked = await anna.post("Lunch?", poll={"options": ["Soup", "Salad"], "expires_in": 600})
    await anna.send(f"/api/v1/statuses/{posted['id']}/pin")
    served = {
        anna_uri: "Person",
        f"{anna.server.base_url}/actor": "Application",
        posted["uri"]: "Note",
        asked["uri"]: "Question",
        f"{posted['uri']}/activity": "Create",
        f"{posted['uri']}/replies": "Collection",
        f"{posted['uri']}/likes": "Collection",
        f"{posted['uri']}/shares": "Collection",
        f"{anna_uri}/outbox": "OrderedCollection",
        f"{anna_uri}/outbox?page=true": "OrderedCollectionPage",
        f"{anna_uri}/followers": "OrderedCollection",
        f"{anna_uri}/followers?page=true": "OrderedCollectionPage",
        f"{anna_uri}/following": "OrderedCollection",
        f"{anna_uri}/collections/featured": "OrderedCollection",
        f"{anna_uri}/collections/tags": "Collection",
    }
    assert {uri: (await fred.lookup(uri))["type"] for uri in served} == served
