"""What our people show at the head of their profile, and take from there, as their followers learn it."""

from apcore.activities import Activity
from apcore.objects import Hashtag
from chassis.db import Tx
from contracts.events import StatusPinned, StatusUnpinned, TagFeatured, TagUnfeatured
from delivery.audience import Audience
from delivery.planning import Plan
from delivery.resources import Resources
from delivery.store import recipients
from social.accounts import store as accounts
from social.accounts.model import Account
from social.federation import featured
from social.statuses import reading

Changed = StatusPinned | StatusUnpinned | TagFeatured | TagUnfeatured


async def change(tx: Tx, res: Resources, event: Changed) -> Plan | None:
    account = await accounts.by_id(tx, event.account_id)
    if account is None or not account.is_local:
        return None
    # A post that was deleted meanwhile is nowhere any more.
    if isinstance(event, StatusPinned) and await reading.by_id(tx, event.status_id) is None:
        return None
    return Plan(
        activity=_said(res, account, event),
        sender=account.id,
        recipients=await recipients.inboxes_of(tx, Audience(followers_of=(account.id,))),
        about=event.uri if isinstance(event, StatusPinned) else None,
    )


def _said(res: Resources, account: Account, event: Changed) -> Activity:
    match event:
        case StatusPinned():
            return featured.render_pin(account, event.uri, event.pinned_at)
        case StatusUnpinned():
            return featured.render_unpin(account, event.uri, event.unpinned_at)
        case TagFeatured():
            return featured.render_feature(account, _tag(res, account, event.name), event.featured_at)
        case TagUnfeatured():
            return featured.render_unfeature(account, _tag(res, account, event.name), event.unfeatured_at)


def _tag(res: Resources, account: Account, name: str) -> Hashtag:
    return Hashtag(name=name, href=f"{res.addresses.profile_page(account.username)}/tagged/{name.lower()}")
