"""What others say in our people's threads is brought to their followers, as it came."""

from contracts.events import ActivityArrived
from delivery import planning
from delivery.audience import Audience
from delivery.model import host_of
from delivery.planning import Forward
from delivery.resources import Resources
from delivery.store import bodies, recipients
from social.accounts import store as accounts


async def on_arrived(res: Resources, event: ActivityArrived) -> None:
    """To the servers of the followers, but for the one that it came from. What is deleted need not go out any more."""
    async with res.db.transaction() as tx:
        if event.is_deletion:
            await bodies.withdraw(tx, event.about, res.clock())
        ours = await accounts.many(tx, event.followers_of)
        senders = sorted(one.id for one in ours.values() if one.is_local and one.suspended_at is None)
        if not senders:
            return
        found = await recipients.inboxes_of(tx, Audience(followers_of=tuple(senders)))
        forward = Forward(
            uri=event.uri,
            about=event.about,
            content=event.content.encode(),
            sender=senders[0],
            recipients=[one for one in found if host_of(one.inbox_url) != host_of(event.about)],
        )
        await planning.pass_on(tx, res, forward)
