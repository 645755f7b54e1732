"""SQL for what is public: the local and the federated timeline, and hashtags."""

from collections.abc import Sequence

import msgspec

from chassis.db import Reader
from contracts.ids import AccountId, Domain, StatusId
from social.paging import Page


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which public statuses are asked for. No tags: all of them, without replies."""

    local: bool = False
    remote: bool = False
    only_media: bool = False
    any_of: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()


# The author is neither suspended nor shunned by the viewer ($1), and silenced ones are followed.
_SHOWN = """
    a.suspended_at IS NULL
    AND (
        a.id = $1
        OR EXISTS (SELECT FROM social.follows f WHERE f.account_id = $1 AND f.target_id = a.id)
        OR (
            a.silenced_at IS NULL
            AND NOT EXISTS (
                SELECT FROM unnest($6::text[]) AS p (domain)
                WHERE split_part(a.domain, ':', 1) = p.domain OR a.domain = p.domain
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

_TAGGED = "SELECT FROM social.status_tags st JOIN social.tags t ON t.id = st.tag_id WHERE st.status_id = s.id"


async def page_of(
    db: Reader, viewer: AccountId | None, wanted: Wanted, page: Page, limited: Sequence[Domain]
) -> list[StatusId]:
    """Public statuses, newest first. `limited` are the domains that only their followers see."""
    tagged = f"AND EXISTS ({_TAGGED} AND t.name = ANY ($10::text[]))" if wanted.any_of else _UNTAGGED
    order = "ASC" if page.forward else "DESC"
    rows = await db.fetch(
        f"""
        SELECT s.id
        FROM social.statuses s
        JOIN social.accounts a ON a.id = s.account_id
        WHERE s.visibility = 'public' AND s.reblog_of_id IS NULL
            AND ($2::bigint IS NULL OR s.id < $2) AND ($3::bigint IS NULL OR s.id > $3)
            AND (NOT $5 OR s.is_local) AND (NOT $7 OR NOT s.is_local)
            AND (NOT $8 OR EXISTS (SELECT FROM social.media_attachments m WHERE m.status_id = s.id))
            AND (
                SELECT count(*) FROM unnest($9::text[]) AS w (name)
                WHERE NOT EXISTS ({_TAGGED} AND t.name = w.name)
            ) = 0
            AND NOT EXISTS ({_TAGGED} AND t.name = ANY ($11::text[]))
            {tagged}
            AND {_SHOWN}
        ORDER BY s.id {order}
        LIMIT $4
        """,
        viewer,
        page.max_id,
        page.after,
        page.limit,
        wanted.local,
        list(limited),
        wanted.remote,
        wanted.only_media,
        list(wanted.all_of),
        list(wanted.any_of),
        list(wanted.none_of),
    )
    ids = [StatusId(row["id"]) for row in rows]
    return ids[::-1] if page.forward else ids


_UNTAGGED = """
    AND cardinality($10::text[]) = 0
    AND (
        (s.in_reply_to_id IS NULL AND s.in_reply_to_uri IS NULL) OR s.in_reply_to_account_id = s.account_id
    )
"""
