"""What is rendered once and kept is never shown when it is not true any more, nor to whom it is not meant for."""

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from people import ADDRESSES, NOW, a_post, a_remote_account, a_remote_profile
from signing_in import a_user

from chassis.clock import utc_now
from chassis.db import Database
from contracts.ids import Domain, MediaId
from mastoapi import present
from mastoapi.present import MediaUrls
from social.accounts import store as accounts
from social.accounts.model import Account
from social.filters import store as filters
from social.media import remote
from social.media.model import RemoteFile
from social.policies.model import Policies
from social.policies.model import Policy as DomainPolicy
from social.polls import store as polls
from social.polls.model import PollDraft
from social.quotes import actions as quotes
from social.quotes import store as quote_store
from social.quotes.model import Policy, Quoting
from social.quotes.rules import Turn
from social.relationships import actions as relations
from social.statuses import actions
from social.statuses.model import Draft, Status

Json = dict[str, Any]


class Scene:
    """Two roles that write, and one process that remembers what it rendered."""

    def __init__(self, gateway: Database, inbox: Database, reader: Account, author: Account) -> None:
        self.gateway, self.inbox, self.reader, self.author = gateway, inbox, reader, author
        self.urls = MediaUrls("https://ours.test")

    async def see(self, status: Status, viewer: Account | None) -> Json | None:
        found = await present.statuses(self.gateway, [status.id], viewer.id if viewer else None, self.urls)
        shown: list[Json] = [msgspec.json.decode(one) for one in found]
        return shown[0] if shown else None

    async def seen(self, status: Status) -> Json:
        shown = await self.see(status, self.reader)
        assert shown is not None
        return shown

    async def post(self, **changes: Any) -> Status:
        """By the author, who is remote."""
        async with self.inbox.transaction() as tx:
            return await a_post(tx, self.author, **changes)

    async def say(self, **changes: Any) -> Status:
        """By the reader, who is ours."""
        async with self.gateway.transaction() as tx:
            return await a_post(tx, self.reader, **changes)


@pytest.fixture
async def scene(gateway: Database, inbox: Database) -> Scene:
    async with inbox.transaction() as tx:
        author = await a_remote_account(tx, "eve@far.example")
    return Scene(gateway, inbox, await a_user(gateway, "alice"), author)


async def test_an_edit_shows_at_once(scene: Scene) -> None:
    status = await scene.post(text="Before")
    assert (await scene.seen(status))["content"] == "<p>Before</p>"
    async with scene.inbox.transaction() as tx:
        draft = Draft(content="<p>After</p>", visibility="public", created_at=NOW, edited_at=utc_now())
        await actions.edit(tx, scene.author, status, draft, utc_now())
    shown = await scene.seen(status)
    assert (shown["content"], shown["edited_at"] is not None) == ("<p>After</p>", True)


async def test_new_counts_show_at_once(scene: Scene, as_role: Callable[[str], Awaitable[Database]]) -> None:
    status = await scene.post()
    assert (await scene.seen(status))["favourites_count"] == 0
    timeline = await as_role("timeline")
    async with timeline.transaction() as tx:
        await tx.execute("INSERT INTO social.status_counts (status_id, favourites) VALUES ($1, 7)", status.id)
        await tx.execute("INSERT INTO social.account_counts (account_id, followers) VALUES ($1, 5)", scene.author.id)
    shown = await scene.seen(status)
    assert (shown["favourites_count"], shown["account"]["followers_count"]) == (7, 5)


async def test_a_new_profile_shows_at_once(scene: Scene) -> None:
    status = await scene.post()
    assert (await scene.seen(status))["account"]["display_name"] == "Eve"
    async with scene.inbox.transaction() as tx:
        await accounts.set_remote(tx, a_remote_profile("eve@far.example", display_name="Evelyn"), utc_now())
    assert (await scene.seen(status))["account"]["display_name"] == "Evelyn"


async def test_a_mentioned_account_is_named_as_it_is_now(scene: Scene) -> None:
    async with scene.inbox.transaction() as tx:
        bob = await a_remote_account(tx, "bob@near.example")
    status = await scene.post(mentions=(bob.id,))
    assert [m["url"] for m in (await scene.seen(status))["mentions"]] == ["https://near.example/@bob"]
    async with scene.inbox.transaction() as tx:
        moved = a_remote_profile("bob@near.example", url="https://near.example/people/bob")
        await accounts.set_remote(tx, moved, utc_now())
    assert [m["url"] for m in (await scene.seen(status))["mentions"]] == ["https://near.example/people/bob"]


async def test_new_words_for_a_picture_show_at_once(scene: Scene) -> None:
    file = RemoteFile(kind="image", url="https://far.example/1.jpg", description="A bird")
    async with scene.inbox.transaction() as tx:
        media_id: MediaId = await remote.keep(tx, scene.author.id, None, file)
    status = await scene.post(media_ids=(media_id,))
    assert [m["description"] for m in (await scene.seen(status))["media_attachments"]] == ["A bird"]
    async with scene.inbox.transaction() as tx:
        words = msgspec.structs.replace(file, description="A swift")
        await remote.keep(tx, scene.author.id, status.id, words)
    assert [m["description"] for m in (await scene.seen(status))["media_attachments"]] == ["A swift"]


async def test_a_poll_shows_votes_and_its_end(scene: Scene) -> None:
    poll = PollDraft(options=("Yes", "No"), hide_totals=True, expires_at=utc_now() + dt.timedelta(hours=1))
    status = await scene.post(poll=poll)
    before = (await scene.seen(status))["poll"]
    assert (before["expired"], before["voted"], before["options"][0]["votes_count"]) == (False, False, None)
    found = await polls.of_status(scene.gateway, status.id)
    assert found is not None
    async with scene.inbox.transaction() as tx:
        await polls.set_counts(tx, found.id, [3, 4], None)
    async with scene.gateway.transaction() as tx:
        await polls.add_votes(tx, found.id, scene.reader.id, [1], None)
    during = (await scene.seen(status))["poll"]
    assert (during["votes_count"], during["voted"], during["own_votes"]) == (7, True, [1])
    async with scene.inbox.transaction() as tx:
        await polls.set_fetched(tx, found.id, utc_now() - dt.timedelta(seconds=1), utc_now())
    after = (await scene.seen(status))["poll"]
    assert (after["expired"], [o["votes_count"] for o in after["options"]]) == (True, [3, 4])
    strangers = await scene.see(status, None)
    assert strangers is not None
    assert "own_votes" not in strangers["poll"]


async def a_quote(scene: Scene, **quoted: Any) -> tuple[Status, Status]:
    """The reader quotes the author, who has agreed."""
    status, quoting = await scene.post(**quoted), await scene.say(text="Look")
    async with scene.gateway.transaction() as tx:
        about = Quoting(uri=status.uri, status_id=status.id, account_id=scene.author.id)
        made = await quotes.quote(tx, ADDRESSES, scene.reader, quoting, about)
        assert made is not None
        await quotes.settle(tx, made, Turn.ALLOWED)
    return quoting, status


async def test_a_quote_shows_the_quoted_until_it_is_revoked(scene: Scene) -> None:
    quoting, quoted = await a_quote(scene)
    shown = (await scene.seen(quoting))["quote"]
    assert (shown["state"], shown["quoted_status"]["id"]) == ("accepted", str(quoted.id))
    found = await quote_store.of_status(scene.gateway, quoting.id)
    assert found is not None
    async with scene.gateway.transaction() as tx:
        await quotes.settle(tx, found, Turn.REFUSED)
    assert (await scene.seen(quoting))["quote"] == {"state": "revoked", "quoted_status": None}


async def test_what_is_quoted_is_for_its_own_audience(scene: Scene) -> None:
    quoting, _ = await a_quote(scene, visibility="private", mentions=(scene.reader.id,))
    assert (await scene.seen(quoting))["quote"]["state"] == "accepted"
    others = await scene.see(quoting, await a_user(scene.gateway, "bob"))
    assert others is not None
    assert others["quote"] == {"state": "unauthorized", "quoted_status": None}


async def test_whom_the_viewer_mutes_may_still_be_unfolded_in_a_quote(scene: Scene) -> None:
    quoting, quoted = await a_quote(scene)
    async with scene.gateway.transaction() as tx:
        await relations.mute(tx, scene.reader, scene.author, hide_notifications=True)
    shown = (await scene.seen(quoting))["quote"]
    assert (shown["state"], shown["quoted_status"]["id"]) == ("muted_account", str(quoted.id))


async def test_a_quote_within_a_quote_is_its_id(scene: Scene) -> None:
    quoting, quoted = await a_quote(scene)
    again = await scene.say(text="Look again")
    async with scene.gateway.transaction() as tx:
        about = Quoting(uri=quoting.uri, status_id=quoting.id, account_id=scene.reader.id, is_local=True)
        assert await quotes.quote(tx, ADDRESSES, scene.reader, again, about)
    inner = (await scene.seen(again))["quote"]["quoted_status"]["quote"]
    assert inner == {"state": "accepted", "quoted_status_id": str(quoted.id)}


async def test_who_may_quote_is_told_to_each_viewer(scene: Scene) -> None:
    status = await scene.say()
    bob = await a_user(scene.gateway, "bob")
    async with scene.gateway.transaction() as tx:
        await quotes.set_policy(tx, scene.reader, status, Policy(("followers",)), utc_now())
    own, others = await scene.seen(status), await scene.see(status, bob)
    assert others is not None
    assert (own["quote_approval"]["current_user"], others["quote_approval"]["current_user"]) == ("automatic", "denied")
    async with scene.gateway.transaction() as tx:
        await relations.follow(tx, bob, scene.reader, now=utc_now())
    others = await scene.see(status, bob)
    assert others is not None
    assert others["quote_approval"] == {"automatic": ["followers"], "manual": [], "current_user": "automatic"}


async def test_a_private_post_that_one_has_seen_stays_closed_to_others(scene: Scene) -> None:
    status = await scene.say(visibility="private")
    bob = await a_user(scene.gateway, "bob")
    assert await scene.see(status, scene.reader)
    assert await scene.see(status, bob) is None
    assert await scene.see(status, None) is None
    async with scene.gateway.transaction() as tx:
        await relations.follow(tx, bob, scene.reader, now=utc_now())
    assert await scene.see(status, bob)
    async with scene.gateway.transaction() as tx:
        await relations.block(tx, scene.reader, bob, now=utc_now())
    assert await scene.see(status, bob) is None


async def test_a_suspended_author_is_gone_at_once(scene: Scene, as_role: Callable[[str], Awaitable[Database]]) -> None:
    status = await scene.post()
    assert await scene.see(status, None)
    async with (await as_role("moderation")).transaction() as tx:
        await tx.execute("UPDATE social.accounts SET suspended_at = now() WHERE id = $1", scene.author.id)
    assert await scene.see(status, None) is None
    assert await present.accounts_by_id(scene.gateway, [scene.author.id], scene.urls, Policies()) == {}


async def test_what_one_viewer_did_is_not_shown_to_another(scene: Scene) -> None:
    status = await scene.post()
    async with scene.gateway.transaction() as tx:
        await actions.favourite(tx, scene.reader, status)
    bob = await a_user(scene.gateway, "bob")
    own, others, strangers = [await scene.see(status, who) for who in (scene.reader, bob, None)]
    assert own is not None
    assert others is not None
    assert strangers is not None
    assert (own["favourited"], others["favourited"], "favourited" in strangers) == (True, False, False)


async def test_filters_are_applied_as_they_stand(scene: Scene) -> None:
    status = await scene.post(text="Nothing but spiders")
    assert (await scene.seen(status))["filtered"] == []
    async with scene.gateway.transaction() as tx:
        filter_id = await filters.add(
            tx, scene.reader.id, title="No spiders", contexts=["home"], action="warn", expires_at=None
        )
        keyword = await filters.add_keyword(tx, filter_id, "Spiders", whole_word=True)
    [result] = (await scene.seen(status))["filtered"]
    assert (result["filter"]["title"], result["keyword_matches"]) == ("No spiders", ["spiders"])
    async with scene.gateway.transaction() as tx:
        await filters.set_keyword(tx, keyword.id, "snakes", whole_word=True)
    assert (await scene.seen(status))["filtered"] == []
    async with scene.gateway.transaction() as tx:
        await filters.add_status(tx, filter_id, status.id)
    [result] = (await scene.seen(status))["filtered"]
    assert (result["keyword_matches"], result["status_matches"]) == (None, [str(status.id)])


async def test_what_is_known_takes_one_statement(scene: Scene) -> None:
    ids = [(await scene.post(text=f"{n}")).id for n in range(20)]
    counting = _Counting(scene.gateway)
    await present.statuses(counting, ids, scene.reader.id, scene.urls)
    cold, counting.statements = counting.statements, 0
    assert len(await present.statuses(counting, ids, scene.reader.id, scene.urls)) == 20
    assert (cold <= 5, counting.statements) == (True, 1)


@pytest.mark.parametrize("is_quoted", [False, True])
async def test_what_is_deleted_while_a_page_is_read_is_missing_alone(scene: Scene, is_quoted: bool) -> None:
    quoting, quoted = await a_quote(scene)
    other = await scene.say()
    deleting = _Deleting(scene.inbox if is_quoted else scene.gateway, quoted if is_quoted else quoting)
    shown = await present.statuses(deleting, [quoting.id, other.id], None, scene.urls)
    assert [present.opened(one).id for one in shown] == [str(other.id)]


async def test_a_quote_that_was_refused_meanwhile_is_not_accepted(scene: Scene) -> None:
    status, quoting = await scene.post(), await scene.say()
    async with scene.gateway.transaction() as tx:
        about = Quoting(uri=status.uri, status_id=status.id, account_id=scene.author.id)
        made = await quotes.quote(tx, ADDRESSES, scene.reader, quoting, about)
    assert made is not None
    async with scene.inbox.transaction() as tx:
        assert await quotes.settle(tx, made, Turn.REFUSED)
    async with scene.inbox.transaction() as tx:
        assert not await quotes.settle(tx, made, Turn.ALLOWED)
    assert (await scene.seen(quoting))["quote"]["state"] == "rejected"


async def test_pages_get_the_same_entities(scene: Scene) -> None:
    quoting, _ = await a_quote(scene)
    [shown] = await present.statuses(scene.gateway, [quoting.id], None, scene.urls)
    assert present.opened(shown).account.username == "alice"


class _Counting:
    """A Reader that counts."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.statements = 0

    async def fetch(self, sql: str, *args: object) -> Any:
        self.statements += 1
        return await self._db.fetch(sql, *args)

    async def fetchrow(self, sql: str, *args: object) -> Any:
        self.statements += 1
        return await self._db.fetchrow(sql, *args)

    async def fetchval(self, sql: str, *args: object) -> Any:
        self.statements += 1
        return await self._db.fetchval(sql, *args)


class _Deleting(_Counting):
    """Somebody deletes a status after the first statement."""

    def __init__(self, db: Database, status: Status) -> None:
        super().__init__(db)
        self._status = status

    async def fetch(self, sql: str, *args: object) -> Any:
        rows = await super().fetch(sql, *args)
        if self.statements == 1:
            async with self._db.transaction() as tx:
                await tx.execute("DELETE FROM social.statuses WHERE id = $1", self._status.id)
        return rows


@pytest.mark.parametrize(("severity", "limited"), [("silence", True), ("noop", None)])
async def test_an_account_of_a_silenced_server_is_limited(scene: Scene, severity: str, limited: bool | None) -> None:
    policy = DomainPolicy(
        id=1,
        domain=Domain(scene.author.domain or ""),
        severity=severity,
        reject_media=False,
        reject_reports=False,
        private_comment="",
        public_comment="",
        obfuscate=False,
        created_at=NOW,
        updated_at=NOW,
    )
    shown = await present.account(scene.gateway, scene.author.id, scene.urls, policies=Policies([policy]))
    assert msgspec.to_builtins(shown).get("limited") is limited
