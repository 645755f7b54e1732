"""SQL that reads what there is between an actor and a post: all at once, for what comes often."""

import datetime as dt

import msgspec

from chassis.db import Reader
from contracts.ids import Uri
from social.accounts.model import Account
from social.statuses.model import Status
from social.statuses.reading import COLUMNS, VISIBLE


class Standing(msgspec.Struct, frozen=True):
    """What is known here of a post that its author says something of."""

    status: Status | None
    is_deleted: bool
    """Whether its author deleted it."""
    is_followed: bool
    """Whether anybody here follows its author."""


async def standing_of(db: Reader, uri: Uri, author: Account) -> Standing:
    row = await db.fetchrow(
        f"""
        SELECT {COLUMNS},
            EXISTS (SELECT FROM social.tombstones t WHERE t.uri = $1 AND t.actor_uri = $2) AS is_deleted,
            EXISTS (
                SELECT FROM social.follows f JOIN social.accounts a ON a.id = f.account_id
                WHERE f.target_id = $3 AND a.is_local
            ) AS is_followed
        FROM (VALUES (1)) AS always LEFT JOIN social.statuses s ON s.uri = $1
        """,
        uri,
        author.uri,
        author.id,
    )
    assert row is not None
    columns = dict(row)
    is_deleted, is_followed = columns.pop("is_deleted"), columns.pop("is_followed")
    return Standing(Status(**columns) if columns["id"] is not None else None, is_deleted, is_followed)


class Reach(msgspec.Struct, frozen=True):
    """Whether somebody can do something to a post."""

    status: Status | None
    is_open: bool
    """Whether they may see it, and its author wants to hear of their server."""
    is_undone: bool
    """Whether they took back the act of that id."""


async def reach_of(db: Reader, uri: Uri, actor: Account, act: Uri, at: dt.datetime) -> Reach:
    row = await db.fetchrow(
        f"""
        SELECT {COLUMNS},
            coalesce({VISIBLE}, false) AND NOT EXISTS (
                SELECT FROM social.account_domain_blocks d WHERE d.account_id = s.account_id AND d.domain = $3
            ) AS is_open,
            EXISTS (
                SELECT FROM social.undone u
                WHERE u.uri = $4 AND u.actor_uri = $5 AND (u.until IS NULL OR u.until >= $6)
            ) AS is_undone
        FROM (VALUES (1)) AS always
        LEFT JOIN social.statuses s ON s.uri = $1
        LEFT JOIN social.accounts author ON author.id = s.account_id
        """,
        uri,
        actor.id,
        actor.domain,
        act,
        actor.uri,
        at,
    )
    assert row is not None
    columns = dict(row)
    is_open, is_undone = columns.pop("is_open"), columns.pop("is_undone")
    return Reach(Status(**columns) if columns["id"] is not None else None, is_open, is_undone)
