"""The audit log: who did what to whom, written in the transaction that does it."""

from typing import Any

from chassis.db import Tx
from mastoapi.viewer import Viewer
from moderation import store
from moderation.metrics import ACTIONS
from social.accounts.model import Account
from social.policies.model import Policy
from social.reports.model import Report


async def about_account(tx: Tx, moderator: Viewer, action: str, account: Account, details: dict[str, Any]) -> None:
    ACTIONS.labels(action).inc()
    await store.add_entry(tx, moderator.id, action, "account", str(account.id), {"acct": account.acct, **details})


async def about_policy(tx: Tx, moderator: Viewer, action: str, policy: Policy) -> None:
    details = {
        "severity": policy.severity,
        "reject_media": policy.reject_media,
        "reject_reports": policy.reject_reports,
    }
    ACTIONS.labels(action).inc()
    await store.add_entry(tx, moderator.id, action, "domain", policy.domain, details)


async def about_peer(tx: Tx, moderator: Viewer, action: str, host: str) -> None:
    """What was done about the deliveries to a server."""
    ACTIONS.labels(action).inc()
    await store.add_entry(tx, moderator.id, action, "domain", host, {"deliveries": True})


async def about_report(tx: Tx, moderator: Viewer, action: str, report: Report, **details: Any) -> None:
    ACTIONS.labels(action).inc()
    await store.add_entry(tx, moderator.id, action, "report", str(report.id), details)


async def about_allowance(tx: Tx, moderator: Viewer, action: str, domain: str) -> None:
    """Whom we talk with, where federation is limited."""
    ACTIONS.labels(action).inc()
    await store.add_entry(tx, moderator.id, action, "domain", domain, {})
