"""From rows to what moderators and reporters see."""

import hashlib
from collections.abc import Mapping, Sequence

import msgspec
from msgspec import UNSET

from chassis.db import Reader
from contracts.ids import AccountId
from mastoapi import present
from mastoapi.entities import moderation as entities
from mastoapi.entities.accounts import Account as AccountEntity
from mastoapi.entities.instance import Rule
from mastoapi.entities.statuses import Status
from mastoapi.entities.times import timestamp, timestamp_or_none
from mastoapi.present import MediaUrls
from mastoapi.present.reports import report_from
from mastoapi.present.roles import own_role
from moderation import store
from moderation.store import Person
from social.accounts import store as accounts
from social.accounts.model import Account
from social.errors import NoSuchAccount
from social.policies.model import Allowance, Policy
from social.reports import store as reports
from social.reports.model import Report
from social.users.model import Role

AdminAccounts = Mapping[AccountId, entities.AdminAccount]


async def report(db: Reader, row: Report, urls: MediaUrls) -> entities.Report:
    return report_from(row, await present.account(db, row.target_id, urls))


async def admin_accounts(db: Reader, ids: Sequence[AccountId], urls: MediaUrls) -> AdminAccounts:
    rows = await accounts.many(db, ids)
    people = await store.people(db, ids)
    shown = {AccountId(int(entity.id)): entity for entity in await present.accounts(db, list(rows), urls)}
    return {i: _admin_account(row, people.get(i), shown[i]) for i, row in rows.items() if i in shown}


async def admin_account(db: Reader, account_id: AccountId, urls: MediaUrls) -> entities.AdminAccount:
    found = (await admin_accounts(db, [account_id], urls)).get(account_id)
    if found is None:
        raise NoSuchAccount
    return found


async def admin_reports(db: Reader, rows: Sequence[Report], urls: MediaUrls) -> list[entities.AdminReport]:
    wanted = {i for r in rows for i in (r.account_id, r.target_id, r.assigned_id, r.resolved_by_id) if i is not None}
    known = await admin_accounts(db, sorted(wanted), urls)
    return [await _admin_report(db, row, known, urls) for row in rows]


def admin_domain_block(policy: Policy) -> entities.AdminDomainBlock:
    return entities.AdminDomainBlock(
        id=str(policy.id),
        domain=policy.domain,
        digest=hashlib.sha256(policy.domain.encode()).hexdigest(),
        created_at=timestamp(policy.created_at),
        severity=policy.severity,
        reject_media=policy.reject_media,
        reject_reports=policy.reject_reports,
        private_comment=policy.private_comment or None,
        public_comment=policy.public_comment or None,
        obfuscate=policy.obfuscate,
    )


def admin_domain_allow(allowance: Allowance) -> entities.AdminDomainAllow:
    return entities.AdminDomainAllow(
        id=str(allowance.id), domain=allowance.domain, created_at=timestamp(allowance.created_at)
    )


def _admin_account(row: Account, person: Person | None, shown: AccountEntity) -> entities.AdminAccount:
    """Who does not sign in here has no address, no language and no role with us."""
    return entities.AdminAccount(
        id=str(row.id),
        username=row.username,
        domain=row.domain,
        created_at=timestamp(row.created_at),
        email=person.email if person else "",
        ip=None,
        ips=[],
        locale=person.locale if person else "",
        invite_request=None,
        role=own_role(Role(person.role) if person else Role.USER),
        confirmed=person is not None and person.confirmed_at is not None,
        approved=True,
        disabled=person is not None and person.disabled_at is not None,
        sensitized=False,
        silenced=row.silenced_at is not None,
        suspended=row.suspended_at is not None,
        account=shown,
    )


async def _admin_report(db: Reader, row: Report, known: AdminAccounts, urls: MediaUrls) -> entities.AdminReport:
    return entities.AdminReport(
        id=str(row.id),
        action_taken=row.resolved_at is not None,
        action_taken_at=timestamp_or_none(row.resolved_at),
        category=row.category,
        comment=row.comment,
        forwarded=row.forwarded,
        created_at=timestamp(row.created_at),
        updated_at=timestamp(row.updated_at),
        account=known[row.account_id],
        target_account=known[row.target_id],
        assigned_account=known.get(row.assigned_id) if row.assigned_id else None,
        action_taken_by_account=known.get(row.resolved_by_id) if row.resolved_by_id else None,
        statuses=await _reported_statuses(db, row, urls),
        rules=[
            Rule(id=str(rule.id), text=rule.text, hint=rule.hint, translations={})
            for rule in await reports.rules_of(db, row.rule_ids)
        ],
    )


async def _reported_statuses(db: Reader, row: Report, urls: MediaUrls) -> list[Status]:
    """As their author sees them, since a report may be about a private post; without the author's own marks."""
    shown = await present.statuses(db, row.status_ids, row.target_id, urls)
    unmarked = dict.fromkeys(("favourited", "reblogged", "muted", "bookmarked", "pinned", "filtered"), UNSET)
    return [msgspec.structs.replace(present.opened(status), **unmarked) for status in shown]
