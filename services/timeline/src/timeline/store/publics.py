"""SQL for what is public: the local and the federated timeline, and hashtags."""

from collections.abc import Sequence

import msgspec

from chassis.db import Reader
from contracts.ids import AccountId, CardId, Domain, StatusId
from social.paging import Page


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which public statuses are asked for."""

    local: bool = False
    remote: bool = False
    only_media: bool = False


class Tags(msgspec.Struct, frozen=True, kw_only=True):
    """Normalised names: one of the first, all of the second, none of the third."""

    any_of: tuple[str, ...]
    all_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()


# $1 the viewer or null, $2 to $4 the page, $5 to $7 Wanted, $8 the domains that only their followers see.
# The author is neither suspended nor shunned by the viewer, and who is silenced is followed.
_SHOWN = """
    s.visibility = 'public' AND s.reblog_of_id IS NULL
    AND ($2::bigint IS NULL OR s.id < $2) AND ($3::bigint IS NULL OR s.id > $3)
    AND (NOT $5::boolean OR s.is_local) AND (NOT $6::boolean OR NOT s.is_local)
    AND (NOT $7::boolean OR EXISTS (SELECT FROM social.media_attachments m WHERE m.status_id = s.id))
    AND a.suspended_at IS NULL
    AND (
        a.id = $1
        OR EXISTS (SELECT FROM social.follows f WHERE f.account_id = $1 AND f.target_id = a.id)
        OR (
            a.silenced_at IS NULL
            AND NOT EXISTS (
                SELECT FROM unnest($8::text[]) AS p (domain)
                WHERE p.domain IN (a.domain, split_part(a.domain, ':', 1))
                    OR split_part(a.domain, ':', 1) LIKE '%.' || p.domain
            )
            AND NOT EXISTS (
                SELECT FROM social.account_domain_blocks d WHERE d.account_id = $1 AND d.domain = a.domain
            )
        )
    )
    AND NOT EXISTS (
        SELECT FROM social.blocks b
        WHERE (b.account_id = $1 AND b.target_id IN (a.id, s.in_reply_to_account_id))
            OR (b.target_id = $1 AND b.account_id = a.id)
    )
    AND NOT EXISTS (
        SELECT FROM social.mutes m
        WHERE m.account_id = $1 AND m.target_id = a.id AND (m.expires_at IS NULL OR m.expires_at > now())
    )
"""

OF_EACH = 2000
_TAG_NAMES = "SELECT t.name FROM social.status_tags st JOIN social.tags t ON t.id = st.tag_id WHERE st.status_id = s.id"


async def page_of(
    db: Reader, viewer: AccountId | None, wanted: Wanted, page: Page, limited: Sequence[Domain]
) -> list[StatusId]:
    """Public statuses that open a thread or go on with their author's own, newest first."""
    order = "ASC" if page.forward else "DESC"
    rows = await db.fetch(
        f"""
        SELECT s.id
        FROM social.statuses s
        JOIN social.accounts a ON a.id = s.account_id
        WHERE {_SHOWN} AND (
            (s.in_reply_to_id IS NULL AND s.in_reply_to_uri IS NULL) OR s.in_reply_to_account_id = s.account_id
        )
        ORDER BY s.id {order}
        LIMIT $4
        """,
        *_arguments(viewer, wanted, page, limited),
    )
    ids = [StatusId(row["id"]) for row in rows]
    return page.newest_first(ids)


async def tagged(
    db: Reader, viewer: AccountId | None, tags: Tags, wanted: Wanted, page: Page, limited: Sequence[Domain]
) -> list[StatusId]:
    """Public statuses with these tags, replies among them, newest first, out of the newest 2,000 of each tag."""
    order = "ASC" if page.forward else "DESC"
    rows = await db.fetch(
        f"""
        SELECT n.id
        FROM (
            SELECT DISTINCT newest.id
            FROM social.tags t
            CROSS JOIN LATERAL (
                SELECT st.status_id AS id
                FROM social.status_tags st
                WHERE st.tag_id = t.id
                    AND ($2::bigint IS NULL OR st.status_id < $2) AND ($3::bigint IS NULL OR st.status_id > $3)
                ORDER BY st.status_id {order}
                LIMIT {OF_EACH}
            ) newest
            WHERE t.name = ANY ($9::text[])
            ORDER BY newest.id {order}
            OFFSET 0
        ) n
        CROSS JOIN LATERAL (
            SELECT
            FROM social.statuses s
            JOIN social.accounts a ON a.id = s.account_id
            WHERE s.id = n.id AND {_SHOWN}
                AND ARRAY({_TAG_NAMES}) @> $10::text[] AND NOT ARRAY({_TAG_NAMES}) && $11::text[]
            OFFSET 0
        ) kept
        ORDER BY n.id {order}
        LIMIT $4
        """,
        *_arguments(viewer, wanted, page, limited),
        list(tags.any_of),
        list(tags.all_of),
        list(tags.none_of),
    )
    ids = [StatusId(row["id"]) for row in rows]
    return page.newest_first(ids)


async def trending_card(db: Reader, url: str) -> CardId | None:
    """The preview of a link, while that is shown among the trends."""
    found: CardId | None = await db.fetchval(
        """
        SELECT c.id
        FROM social.preview_cards c JOIN timeline.trending_links t ON t.card_id = c.id
        WHERE c.url = $1 AND t.allowed
        """,
        url,
    )
    return found


async def linking(
    db: Reader, viewer: AccountId | None, card: CardId, page: Page, limited: Sequence[Domain]
) -> list[StatusId]:
    """Public statuses with this link, by people who want to be found, newest first."""
    order = "ASC" if page.forward else "DESC"
    rows = await db.fetch(
        f"""
        SELECT s.id
        FROM social.status_cards sc
        JOIN social.statuses s ON s.id = sc.status_id
        JOIN social.accounts a ON a.id = s.account_id
        WHERE sc.card_id = $9 AND a.discoverable AND {_SHOWN}
        ORDER BY sc.status_id {order}
        LIMIT $4
        """,
        *_arguments(viewer, Wanted(), page, limited),
        card,
    )
    ids = [StatusId(row["id"]) for row in rows]
    return page.newest_first(ids)


def _arguments(viewer: AccountId | None, wanted: Wanted, page: Page, limited: Sequence[Domain]) -> tuple[object, ...]:
    bounds = (page.max_id, page.after, page.limit)
    # Asked for both, as Mastodon, means neither.
    local, remote = wanted.local and not wanted.remote, wanted.remote and not wanted.local
    return (viewer, *bounds, local, remote, wanted.only_media, list(limited))
