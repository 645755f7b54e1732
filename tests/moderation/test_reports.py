"""Reports: filed by our people, read and resolved by moderators."""

from typing import Any

import pytest
from courtroom import Court

from moderation import store
from social.accounts.model import Account
from social.users.model import Role


async def report(court: Court, by: Account, target: Account, **words: Any) -> dict[str, Any]:
    answer = await court.ask(by, "POST", "/api/v1/reports", json={"account_id": str(target.id), **words})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_filing_a_report(court: Court, alice: Account, eve: Account) -> None:
    post = await court.post(eve, "Buy my shoes")
    entity = await report(court, alice, eve, status_ids=[str(post.id)], category="spam", comment="Shoes", forward=True)
    assert (entity["category"], entity["comment"], entity["forwarded"]) == ("spam", "Shoes", True)
    assert (entity["status_ids"], entity["action_taken"]) == ([str(post.id)], False)
    assert entity["target_account"]["acct"] == "eve@evil.test"
    assert await court.told() == ["report.filed"]


async def test_a_form_says_the_same(court: Court, alice: Account, eve: Account) -> None:
    post = await court.post(eve)
    data = {"account_id": str(eve.id), "status_ids[]": [str(post.id)], "forward": "false"}
    answer = await court.ask(alice, "POST", "/api/v1/reports", data=data)
    assert answer.json()["status_ids"] == [str(post.id)]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({}, 422),
        ({"account_id": "x"}, 422),
        ({"account_id": "4711"}, 404),
        ({"category": "boring"}, 422),
        ({"comment": "x" * 1001}, 422),
        ({"status_ids": ["4711"]}, 404),
        ({"rule_ids": ["4711"]}, 422),
    ],
)
async def test_a_wrong_report_is_refused(
    court: Court, alice: Account, eve: Account, form: dict[str, Any], status: int
) -> None:
    whole = form if not form or "account_id" in form else {"account_id": str(eve.id), **form}
    answer = await court.ask(alice, "POST", "/api/v1/reports", json=whole)
    assert answer.status_code == status, answer.text
    assert await court.told() == []


async def test_reporting_needs_the_scope(court: Court, alice: Account, eve: Account) -> None:
    answer = await court.ask(alice, "POST", "/api/v1/reports", scopes="read", json={"account_id": str(eve.id)})
    assert answer.status_code == 403


async def test_moderators_see_what_was_reported_also_in_private(
    court: Court, alice: Account, maud: Account, eve: Account
) -> None:
    post = await court.post(eve, "A secret", visibility="direct", mentions=(alice.id,))
    filed = await report(court, alice, eve, status_ids=[str(post.id)])
    [entity] = (await court.ask(maud, "GET", "/api/v1/admin/reports")).json()
    assert (entity["id"], entity["account"]["username"]) == (filed["id"], "alice")
    assert (entity["account"]["email"], entity["target_account"]["email"]) == ("alice@mail.example", "")
    assert [status["id"] for status in entity["statuses"]] == [str(post.id)]
    assert "favourited" not in entity["statuses"][0]


async def test_resolving_and_reopening_a_report_is_on_record(
    court: Court, alice: Account, maud: Account, eve: Account
) -> None:
    filed = await report(court, alice, eve)
    path = f"/api/v1/admin/reports/{filed['id']}"
    resolved = (await court.ask(maud, "POST", f"{path}/resolve")).json()
    assert resolved["action_taken_by_account"]["username"] == "maud"
    assert (await court.ask(maud, "GET", "/api/v1/admin/reports")).json() == []
    assert len((await court.ask(maud, "GET", "/api/v1/admin/reports?resolved=true")).json()) == 1
    assert (await court.ask(maud, "POST", f"{path}/reopen")).json()["action_taken"] is False
    entries = await store.entries_about(court.res.db, "report", filed["id"])
    assert [(entry.action, entry.moderator_id) for entry in entries] == [("resolve", maud.id), ("reopen", maud.id)]


async def test_a_report_is_assigned_and_recategorised(
    court: Court, alice: Account, maud: Account, eve: Account
) -> None:
    path = f"/api/v1/admin/reports/{(await report(court, alice, eve))['id']}"
    assert (await court.ask(maud, "POST", f"{path}/assign_to_self")).json()["assigned_account"]["username"] == "maud"
    assert (await court.ask(maud, "POST", f"{path}/unassign")).json()["assigned_account"] is None
    assert (await court.ask(maud, "PUT", path, json={"category": "spam"})).json()["category"] == "spam"
    assert (await court.ask(maud, "PUT", path, json={"category": "dull"})).status_code == 422


async def test_reports_are_paged_and_chosen(court: Court, alice: Account, maud: Account, eve: Account) -> None:
    ids = [(await report(court, alice, target))["id"] for target in (eve, maud, eve)]
    first = await court.ask(maud, "GET", "/api/v1/admin/reports?limit=2")
    assert [entity["id"] for entity in first.json()] == ids[:0:-1]
    assert 'rel="next"' in first.headers["Link"]
    about_eve = await court.ask(maud, "GET", f"/api/v1/admin/reports?target_account_id={eve.id}")
    assert [entity["id"] for entity in about_eve.json()] == [ids[2], ids[0]]


@pytest.mark.parametrize(
    ("role", "scopes", "status"),
    [
        (Role.USER, "admin:read admin:write", 403),
        (Role.MODERATOR, "read write", 403),
        (Role.MODERATOR, "admin:read:accounts", 403),
        (Role.MODERATOR, "admin:read:reports", 200),
        (Role.OWNER, "admin:read", 200),
    ],
)
async def test_only_moderators_with_the_scope_come_in(court: Court, role: Role, scopes: str, status: int) -> None:
    person = await court.somebody("somebody", role)
    assert (await court.ask(person, "GET", "/api/v1/admin/reports", scopes=scopes)).status_code == status


@pytest.mark.parametrize("path", ["reports/0", "reports/x", "domain_blocks/4711", "accounts/4711", "accounts/-99"])
async def test_what_is_not_there_is_not_found(court: Court, maud: Account, path: str) -> None:
    assert (await court.ask(maud, "GET", f"/api/v1/admin/{path}")).status_code == 404
