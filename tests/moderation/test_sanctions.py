"""What moderators do to accounts."""

import pytest
from courtroom import Court

from moderation import store
from social.accounts import store as accounts
from social.accounts.model import Account
from social.users.model import Role


async def act(court: Court, moderator: Account, account: Account, action: str, **words: object):
    return await court.ask(
        moderator, "POST", f"/api/v1/admin/accounts/{account.id}/action", json={"type": action, **words}
    )


async def test_silencing_and_taking_it_back(court: Court, maud: Account, eve: Account) -> None:
    assert (await act(court, maud, eve, "silence", text="Too loud")).status_code == 200
    silenced = (await court.ask(maud, "GET", f"/api/v1/admin/accounts/{eve.id}")).json()
    assert (silenced["silenced"], silenced["domain"], silenced["account"]["limited"]) == (True, "evil.test", True)
    back = (await court.ask(maud, "POST", f"/api/v1/admin/accounts/{eve.id}/unsilence")).json()
    assert back["silenced"] is False
    assert await court.told() == ["account.sanctioned", "account.sanctioned"]
    entries = await store.entries_about(court.res.db, "account", str(eve.id))
    assert [entry.action for entry in entries] == ["silence", "unsilence"]
    assert entries[0].details == {"acct": "eve@evil.test", "text": "Too loud"}


async def test_suspending_takes_all_tokens_away(court: Court, maud: Account, alice: Account) -> None:
    await court.token_of(alice)
    await court.token_of(alice)
    await act(court, maud, alice, "suspend")
    assert sorted(await court.told()) == ["account.sanctioned", "token.revoked", "token.revoked"]
    found = await accounts.by_id(court.res.db, alice.id)
    assert found is not None
    assert found.suspended_at is not None
    assert (await court.ask(maud, "POST", f"/api/v1/admin/accounts/{alice.id}/unsuspend")).json()["suspended"] is False


async def test_suspending_twice_keeps_the_first_moment(court: Court, maud: Account, eve: Account) -> None:
    await act(court, maud, eve, "suspend")
    first = await accounts.by_id(court.res.db, eve.id)
    await act(court, maud, eve, "suspend")
    second = await accounts.by_id(court.res.db, eve.id)
    assert first is not None
    assert second is not None
    assert first.suspended_at == second.suspended_at


async def test_doing_nothing_goes_on_record_and_resolves_the_report(
    court: Court, maud: Account, alice: Account, eve: Account
) -> None:
    filed = (await court.ask(alice, "POST", "/api/v1/reports", json={"account_id": str(eve.id)})).json()
    assert (await act(court, maud, eve, "none", report_id=filed["id"])).status_code == 200
    assert await court.told() == ["report.filed"]
    assert len(await store.entries_about(court.res.db, "account", str(eve.id))) == 1
    resolved = (await court.ask(maud, "GET", f"/api/v1/admin/reports/{filed['id']}")).json()
    assert resolved["action_taken"] is True


@pytest.mark.parametrize("action", ["disable", "sensitive", "exile", ""])
async def test_other_sanctions_are_refused(court: Court, maud: Account, eve: Account, action: str) -> None:
    assert (await act(court, maud, eve, action)).status_code == 422
    assert await store.entries_about(court.res.db, "account", str(eve.id)) == []


@pytest.mark.parametrize("rank", [Role.MODERATOR, Role.ADMIN, Role.OWNER])
async def test_nobody_sanctions_equals_or_those_above(court: Court, maud: Account, rank: Role) -> None:
    other = await court.somebody("other", rank)
    assert (await act(court, maud, other, "suspend")).status_code == 403
    assert (await act(court, maud, maud, "silence")).status_code == 403
    assert await court.told() == []


async def test_the_audit_log_cannot_be_rewritten(court: Court, maud: Account, eve: Account) -> None:
    await act(court, maud, eve, "silence")
    for sql in ("UPDATE moderation.audit_log SET action = 'none'", "DELETE FROM moderation.audit_log"):
        with pytest.raises(Exception, match="permission denied"):
            await court.res.db.fetch(sql)


async def test_moderation_cannot_change_anybodys_words(court: Court, alice: Account) -> None:
    post = await court.post(alice)
    for sql in (
        "UPDATE social.statuses SET content = 'x' WHERE id = $1",
        "UPDATE social.accounts SET note = 'x' WHERE id = $1",
    ):
        with pytest.raises(Exception, match="permission denied"):
            await court.res.db.fetch(sql, post.id)
