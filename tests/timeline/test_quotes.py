"""Who hears of a quote, who sees it change, and how often a post is quoted."""

import httpx
import pytest
from staging import Stage

from contracts.events import QuoteSettled
from contracts.ids import Uri
from social.accounts.model import Account
from social.quotes import actions, store
from social.quotes.model import Policy, Quote, Quoting
from social.quotes.rules import Turn
from social.statuses import reading
from social.statuses.model import Status

Client = httpx.AsyncClient
ANYBODY = Policy(("public",))


def naming(quoted: Status) -> Quoting:
    return Quoting(uri=quoted.uri, status_id=quoted.id, account_id=quoted.account_id, is_local=quoted.is_local)


async def quotes(stage: Stage, who: Account, quoted: Status, **changes: object) -> Status:
    return await stage.post(who, quoting=naming(quoted), **changes)


async def settle(stage: Stage, by: Account, quoting: Status, turn: Turn) -> Quote:
    made = await store.of_status(stage.res.db, quoting.id)
    assert made is not None
    async with stage.act(by) as tx:
        await actions.settle(tx, made, turn, approval_uri=Uri(f"{by.uri}/stamps/{made.id}"))
    return made


async def count_of(stage: Stage, status: Status) -> int:
    return (await reading.full(stage.res.db, [status.id]))[status.id].quotes


async def test_who_is_quoted_is_told_once(stage: Stage, client: Client, alice: Account, bob: Account) -> None:
    post = await stage.post(alice)
    quoting = await quotes(stage, bob, post)
    made = await store.of_status(stage.res.db, quoting.id)
    assert made is not None
    again = QuoteSettled(quote_id=made.id, status_id=quoting.id, account_id=bob.id, state="accepted")
    await stage.tell(again)
    [told] = (await stage.get(client, alice, "/api/v1/notifications")).json()
    assert (told["type"], told["account"]["acct"], told["status"]["id"]) == ("quote", "bob", str(quoting.id))
    assert told["status"]["quote"]["quoted_status"]["id"] == str(post.id)


async def test_a_quote_tells_only_when_it_was_allowed(
    stage: Stage, client: Client, alice: Account, eve: Account
) -> None:
    post = await stage.post(alice, quote_policy=ANYBODY)
    quoting = await quotes(stage, eve, post)
    assert await stage.notifications(client, alice) == []
    await settle(stage, eve, quoting, Turn.PROVEN)
    assert await stage.notifications(client, alice) == [("quote", "eve@far.example")]


@pytest.mark.parametrize("turn", [Turn.REFUSED, Turn.LOST])
async def test_of_refused_quotes_nobody_hears(
    stage: Stage, client: Client, alice: Account, eve: Account, turn: Turn
) -> None:
    quoting = await quotes(stage, eve, await stage.post(alice))
    await settle(stage, eve, quoting, turn)
    assert await stage.notifications(client, alice) == []


async def test_quoting_oneself_tells_nobody(stage: Stage, client: Client, alice: Account) -> None:
    await quotes(stage, alice, await stage.post(alice))
    assert await stage.notifications(client, alice) == []


async def test_who_quotes_hears_of_edits(stage: Stage, client: Client, alice: Account, bob: Account) -> None:
    post = await stage.post(alice)
    quoting = await quotes(stage, bob, post)
    for text in ("Hello again", "And again"):
        await stage.edit(alice, post, text)
        [told] = (await stage.get(client, bob, "/api/v1/notifications")).json()
        assert (told["type"], told["account"]["acct"]) == ("quoted_update", "alice")
        assert told["status"]["id"] == str(quoting.id)


async def test_who_may_quote_no_more_hears_of_no_edit(
    stage: Stage, client: Client, alice: Account, bob: Account
) -> None:
    post = await stage.post(alice)
    quoting = await quotes(stage, bob, post)
    await settle(stage, alice, quoting, Turn.REFUSED)
    await stage.edit(alice, post, "Hello again")
    assert await stage.notifications(client, bob) == []


async def test_a_quote_that_goes_takes_its_notification_along(
    stage: Stage, client: Client, alice: Account, bob: Account
) -> None:
    quoting = await quotes(stage, bob, await stage.post(alice))
    await stage.delete(bob, quoting)
    assert await stage.notifications(client, alice) == []


async def test_quotes_are_counted_while_they_stand(stage: Stage, alice: Account, bob: Account, eve: Account) -> None:
    post = await stage.post(alice, quote_policy=ANYBODY)
    first, second, third = [await quotes(stage, who, post) for who in (bob, alice, eve)]
    assert await count_of(stage, post) == 2
    await settle(stage, eve, third, Turn.PROVEN)
    assert await count_of(stage, post) == 3
    await settle(stage, alice, first, Turn.REFUSED)
    assert await count_of(stage, post) == 2
    await stage.delete(alice, second)
    assert await count_of(stage, post) == 1
