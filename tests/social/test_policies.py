"""Domain policies: what they mean (a table), and that changing them tells everybody."""

import datetime as dt
from collections.abc import Awaitable, Callable

import asyncpg
import msgspec
import pytest

from chassis.db import Database
from contracts.events import PolicyChanged
from contracts.ids import Domain
from social.errors import ValidationFailed
from social.policies import actions, store
from social.policies.actions import Wish, as_domain
from social.policies.model import Policies, Policy, Verdict

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


def a_policy(domain: str, severity: str = "noop", **changes: object) -> Policy:
    fields: dict[str, object] = {
        "id": 1,
        "domain": Domain(domain),
        "severity": severity,
        "reject_media": False,
        "reject_reports": False,
        "private_comment": "",
        "public_comment": "",
        "obfuscate": False,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Policy(**(fields | changes))


POLICIES = Policies(
    [
        a_policy("evil.test", "suspend"),
        a_policy("fine.evil.test", "noop"),
        a_policy("loud.test", "silence", reject_media=True),
        a_policy("liars.test", reject_reports=True),
        a_policy("port.test:8443", "suspend"),
    ]
)


@pytest.mark.parametrize(
    ("domain", "activity", "verdict"),
    [
        (None, "Create", Verdict.ACCEPT),
        ("good.test", "Create", Verdict.ACCEPT),
        ("evil.test", "Create", Verdict.REFUSE),
        ("EVIL.test", "Flag", Verdict.REFUSE),
        ("sub.evil.test", "Create", Verdict.REFUSE),
        ("a.b.evil.test:8443", "Create", Verdict.REFUSE),
        ("fine.evil.test", "Create", Verdict.ACCEPT),
        ("x.fine.evil.test", "Create", Verdict.ACCEPT),
        ("notevil.test", "Create", Verdict.ACCEPT),
        ("loud.test", "Create", Verdict.LIMIT),
        ("liars.test", "Flag", Verdict.DROP),
        ("liars.test", "Create", Verdict.ACCEPT),
        ("port.test:8443", "Create", Verdict.REFUSE),
        ("sub.port.test:8443", "Create", Verdict.REFUSE),
        ("port.test", "Create", Verdict.ACCEPT),
        ("test", "Create", Verdict.ACCEPT),
    ],
)
def test_the_closest_policy_decides(domain: str | None, activity: str, verdict: Verdict) -> None:
    assert POLICIES.decide(domain, activity) is verdict


@pytest.mark.parametrize(
    ("domain", "allowed"),
    [(None, True), ("good.test", True), ("evil.test", False), ("cdn.loud.test", False), ("liars.test", True)],
)
def test_media_of_suspended_and_rejected_domains_is_not_fetched(domain: str | None, allowed: bool) -> None:
    assert POLICIES.may_fetch_media(domain) is allowed


@pytest.mark.parametrize(
    ("typed", "domain"),
    [
        ("Example.COM", "example.com"),
        (" https://example.com/ ", "example.com"),
        ("@bücher.example", "xn--bcher-kva.example"),
        ("host.test:8443", "host.test:8443"),
    ],
)
def test_a_typed_domain_is_brought_into_the_spelling_of_handles(typed: str, domain: str) -> None:
    assert as_domain(typed) == domain


@pytest.mark.parametrize("typed", ["", "ex ample", "a/b", "*.example.com", "-x.test", "a..b", "x" * 64 + ".test"])
def test_what_is_no_domain_is_refused(typed: str) -> None:
    with pytest.raises(ValidationFailed):
        as_domain(typed)


@pytest.fixture
async def moderation(as_role: Callable[[str], Awaitable[Database]]) -> Database:
    return await as_role("moderation")


async def test_a_policy_is_created_once_and_announced(moderation: Database) -> None:
    async with moderation.transaction() as tx:
        assert await actions.create(tx, Domain("evil.test"), Wish(severity="suspend"))
        assert await actions.create(tx, Domain("evil.test"), Wish()) is None
        assert tx.emitted == (PolicyChanged(domain=Domain("evil.test")),)
    assert (await store.everything(moderation, is_limited=False)).is_suspended("evil.test")


async def test_changing_a_policy_keeps_what_the_wish_does_not_name(moderation: Database) -> None:
    async with moderation.transaction() as tx:
        policy = await actions.create(tx, Domain("loud.test"), Wish(severity="silence", public_comment="Spam"))
        assert policy is not None
        changed = await actions.change(tx, policy, Wish(reject_media=True))
        assert await store.by_id(tx, policy.id) == msgspec.structs.replace(changed, updated_at=changed.updated_at)
        assert (changed.severity, changed.public_comment, changed.reject_media) == ("silence", "Spam", True)


async def test_an_unchanged_policy_is_not_announced(moderation: Database) -> None:
    async with moderation.transaction() as tx:
        policy = await actions.create(tx, Domain("loud.test"), Wish(severity="silence"))
        assert policy is not None
        await actions.change(tx, policy, Wish(severity="silence"))
        assert len(tx.emitted) == 1


async def test_removing_a_policy_is_announced(moderation: Database) -> None:
    async with moderation.transaction() as tx:
        policy = await actions.create(tx, Domain("loud.test"), Wish(severity="silence"))
        assert policy is not None
        await actions.remove(tx, policy)
        assert tx.emitted[-1] == PolicyChanged(domain=Domain("loud.test"))
        assert await store.by_domain(tx, Domain("loud.test")) is None


async def test_no_other_service_writes_policies(gateway: Database, inbox: Database) -> None:
    for db in (gateway, inbox):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.transaction() as tx:
                await actions.create(tx, Domain("evil.test"), Wish())
