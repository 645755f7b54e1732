"""Reports by our people and by other servers."""

import pytest
from people import a_local_account, a_post, a_remote_account

from chassis.db import Database
from contracts.events import ReportFiled
from contracts.ids import StatusId, Uri
from social.accounts.model import Account
from social.errors import NoSuchRecord, ValidationFailed
from social.reports import actions, store
from social.reports.model import LONGEST_COMMENT, LONGEST_REMOTE_COMMENT
from social.statuses.model import Status

FLAG = Uri("https://there.test/flags/1")


@pytest.fixture
async def alice(gateway: Database) -> Account:
    async with gateway.transaction() as tx:
        return await a_local_account(tx, "alice")


@pytest.fixture
async def eve(inbox: Database) -> Account:
    async with inbox.transaction() as tx:
        return await a_remote_account(tx, "eve@there.test")


@pytest.fixture
async def eves_post(inbox: Database, eve: Account) -> Status:
    async with inbox.transaction() as tx:
        return await a_post(tx, eve, "Buy my shoes")


@pytest.fixture
async def moderation(as_role) -> Database:
    return await as_role("moderation")


async def test_a_report_names_the_posts_of_its_target(
    moderation: Database, alice: Account, eve: Account, eves_post: Status
) -> None:
    async with moderation.transaction() as tx:
        report = await actions.file(tx, alice, eve, [eves_post.id], category="spam", comment="Shoes", forward=True)
        assert report is not None
        assert tx.emitted == (ReportFiled(report_id=report.id, forward=True),)
    assert (await store.by_id(moderation, report.id)) == report
    assert (report.status_ids, report.category, report.forwarded) == ([eves_post.id], "spam", True)


async def test_a_report_of_somebody_here_is_not_forwarded(moderation: Database, alice: Account, eve: Account) -> None:
    async with moderation.transaction() as tx:
        report = await actions.file(tx, alice, alice, [], forward=True)
        assert report is not None
        assert not report.forwarded


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"category": "boring"}, ValidationFailed),
        ({"comment": "x" * (LONGEST_COMMENT + 1)}, ValidationFailed),
        ({"rule_ids": [4711]}, ValidationFailed),
        ({"statuses": [StatusId(4711)]}, NoSuchRecord),
    ],
)
async def test_a_report_that_makes_no_sense_is_refused(
    moderation: Database, alice: Account, eve: Account, changes: dict, problem: type[Exception]
) -> None:
    with pytest.raises(problem):
        async with moderation.transaction() as tx:
            await actions.file(tx, alice, eve, **({"statuses": []} | changes))


async def test_a_flag_that_comes_twice_is_one_report(
    inbox: Database, alice: Account, eve: Account, eves_post: Status
) -> None:
    async with inbox.transaction() as tx:
        first = await actions.file(tx, eve, alice, [eves_post.id], comment="x" * 9000, uri=FLAG)
        assert first is not None
        assert await actions.file(tx, eve, alice, [], uri=FLAG) is None
        assert len(tx.emitted) == 1
    # Foreign posts are left out, foreign comments cut: a Flag is taken as well as it can be.
    assert (first.status_ids, len(first.comment)) == ([], LONGEST_REMOTE_COMMENT)


async def test_resolving_and_reopening(moderation: Database, alice: Account, eve: Account) -> None:
    async with moderation.transaction() as tx:
        report = await actions.file(tx, alice, eve, [])
        assert report is not None
        await actions.resolve(tx, report, alice)
        resolved = await actions.found(tx, report.id)
        await actions.reopen(tx, report)
        reopened = await actions.found(tx, report.id)
    assert (resolved.resolved_by_id, reopened.resolved_at) == (alice.id, None)


async def test_api_gateway_cannot_file_reports(gateway: Database, alice: Account, eve: Account) -> None:
    with pytest.raises(Exception, match="permission denied"):
        async with gateway.transaction() as tx:
            await actions.file(tx, alice, eve, [])
