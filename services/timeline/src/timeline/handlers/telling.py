"""Telling people of something: who hears it aloud, for whom it waits aside, who never learns of it."""

from collections.abc import Mapping, Sequence

from prometheus_client import Counter

from chassis.clock import utc_now
from contracts.ids import AccountId
from social.accounts import store as accounts
from social.statuses.model import DIRECT, Status
from social.users import store as users
from timeline.resources import Resources
from timeline.store import requests
from timeline.store import telling as store
from timeline.store.telling import Cause
from timeline.verdicts import Sender, Verdict, decide
from timeline.webpush import planning

MADE = Counter("murmuration_timeline_notifications_total", "Notifications made", ["type"])
DECIDED = Counter(
    "murmuration_timeline_notification_verdicts_total", "What receivers' policies made of notifications", ["verdict"]
)


async def tell(
    res: Resources, cause: Cause, receivers: Sequence[AccountId], status: Status | None = None
) -> Sequence[AccountId]:
    """Tell those who want to know; `status` is what mentions them. Returns who hears it aloud, again or anew."""
    verdicts = await _verdicts(res, cause, receivers, status)
    aloud = [i for i, verdict in verdicts.items() if verdict is Verdict.ACCEPT]
    aside = [i for i, verdict in verdicts.items() if verdict is Verdict.FILTER]
    if not aloud and not aside:
        return []
    async with res.db.transaction() as tx:
        made = await store.add(tx, cause, aloud=aloud, aside=aside)
        await requests.note(tx, [n for n in made if n.filtered])
        await planning.push(tx, made)
    MADE.labels(cause.type).inc(len(made))
    await res.announcer.notify((n.account_id, n.id) for n in made if not n.filtered)
    return aloud


async def _verdicts(
    res: Resources, cause: Cause, receivers: Sequence[AccountId], status: Status | None
) -> Mapping[AccountId, Verdict]:
    """Of each receiver who is ours."""
    account = await accounts.by_id(res.db, cause.by) if receivers else None
    policies = res.policies.value
    if account is None or policies.hides(account):
        return {}
    user = await users.by_account(res.db, account.id) if account.is_local else None
    sender = Sender(
        created_at=account.created_at,
        is_bot=account.is_bot,
        is_limited=policies.limits(account),
        role=user.role if user else None,
    )
    in_private = status is not None and status.visibility == DIRECT
    facts = await store.facts_of(res.db, cause, receivers, in_private=in_private)
    now = utc_now()
    verdicts = {f.account_id: decide(cause.type, sender, f, in_private=in_private, now=now) for f in facts}
    for verdict in verdicts.values():
        DECIDED.labels(verdict.value).inc()
    return verdicts
