"""People to follow, and why."""

from typing import Final

from api_gateway import finding
from api_gateway.resources import Resources
from contracts.ids import AccountId
from mastoapi import present
from mastoapi.entities.discovery import OldSource, Suggestion
from social.accounts import store as accounts
from social.discovery import store
from social.server import store as server

MOST_FEATURED: Final = 20

OLD_SOURCES: Final[dict[store.Source, OldSource]] = {
    "featured": "staff",
    "friends_of_friends": "past_interactions",
    "similar_to_recently_followed": "past_interactions",
    "most_followed": "global",
    "most_interactions": "global",
}
"""What Mastodon said before 4.3 instead."""


async def to(res: Resources, viewer: AccountId, limit: int) -> list[Suggestion]:
    found = await store.suggestions(res.db, viewer, await _featured(res), limit)
    rows = await accounts.many(res.db, [one.account_id for one in found])
    shown = [i for i, row in rows.items() if not res.policies.value.hides(row) and not res.policies.value.limits(row)]
    entities = {
        entity.id: entity for entity in await present.accounts(res.db, shown, res.urls, policies=res.policies.value)
    }
    return [
        Suggestion(
            source=OLD_SOURCES[one.sources[0]],
            sources=one.sources,
            account=entities[str(one.account_id)],
        )
        for one in found
        if str(one.account_id) in entities
    ]


async def _featured(res: Resources) -> list[AccountId]:
    """Whom the operators chose, in their order."""
    chosen = (await server.about(res.db)).suggested_accounts[:MOST_FEATURED]
    known = await finding.meant_by(res, chosen)
    return [known[handle] for handle in chosen]
