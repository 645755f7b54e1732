"""SQL for accounts. One function, one statement."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from chassis.db import Reader, Tx
from contracts.ids import AccountId, Domain, EmojiId, Uri
from social.accounts.model import Account, Counts, Profile, RemoteProfile

ED25519_FRAGMENT = "#ed25519-key"
"""What the id of our accounts' Ed25519 keys ends with."""

COLUMNS = ", ".join(f"a.{name}" for name in Account.__struct_fields__)

PROFILE = RemoteProfile.__struct_fields__
_WRITTEN = ", ".join(PROFILE)
_VALUES = ", ".join(
    f"coalesce(${n}, now())" if name == "created_at" else f"${n}" for n, name in enumerate(PROFILE, start=1)
)
_UPDATES = ", ".join(f"{name} = excluded.{name}" for name in PROFILE if name not in ("uri", "created_at"))


async def by_id(db: Reader, account_id: AccountId) -> Account | None:
    row = await db.fetchrow(f"SELECT {COLUMNS} FROM social.accounts a WHERE a.id = $1", account_id)
    return Account(**row) if row else None


async def by_uri(db: Reader, uri: Uri) -> Account | None:
    row = await db.fetchrow(f"SELECT {COLUMNS} FROM social.accounts a WHERE a.uri = $1", uri)
    return Account(**row) if row else None


async def by_key_id(db: Reader, key_id: str) -> Account | None:
    """Of several who name a key so, the one whom we knew first."""
    row = await db.fetchrow(
        f"SELECT {COLUMNS} FROM social.accounts a WHERE a.public_key_id = $1 ORDER BY a.id LIMIT 1", key_id
    )
    return Account(**row) if row else None


async def by_handle(db: Reader, username: str, domain: Domain | None) -> Account | None:
    row = await db.fetchrow(
        f"""
        SELECT {COLUMNS}
        FROM social.accounts a
        WHERE lower(a.username) = lower($1) AND coalesce(a.domain, '') = coalesce($2, '') AND a.id > 0
        """,
        username,
        domain,
    )
    return Account(**row) if row else None


async def is_host_known(db: Reader, domain: Domain) -> bool:
    """Whether anybody of that server was ever met."""
    return bool(await db.fetchval("SELECT EXISTS (SELECT FROM social.accounts WHERE domain = $1)", domain))


async def many(db: Reader, ids: Sequence[AccountId]) -> dict[AccountId, Account]:
    rows = await db.fetch(f"SELECT {COLUMNS} FROM social.accounts a WHERE a.id = ANY ($1::bigint[])", list(ids))
    return {row["id"]: Account(**row) for row in rows}


async def many_by_uri(db: Reader, uris: Sequence[Uri]) -> dict[Uri, Account]:
    rows = await db.fetch(f"SELECT {COLUMNS} FROM social.accounts a WHERE a.uri = ANY ($1::text[])", list(uris))
    return {row["uri"]: Account(**row) for row in rows}


async def many_by_handle(db: Reader, handles: Sequence[tuple[str, Domain | None]]) -> list[Account]:
    rows = await db.fetch(
        f"""
        SELECT {COLUMNS}
        FROM unnest($1::text[], $2::text[]) AS h (username, domain)
        JOIN social.accounts a
            ON lower(a.username) = lower(h.username) AND coalesce(a.domain, '') = coalesce(h.domain, '')
        WHERE a.id > 0
        """,
        [username for username, _ in handles],
        [domain for _, domain in handles],
    )
    return [Account(**row) for row in rows]


async def counts_of(db: Reader, ids: Sequence[AccountId]) -> dict[AccountId, Counts]:
    """Accounts that nobody counted yet are absent."""
    rows = await db.fetch(
        """
        SELECT account_id, statuses, followers, following, last_status_at
        FROM social.account_counts
        WHERE account_id = ANY ($1::bigint[])
        """,
        list(ids),
    )
    return {
        row["account_id"]: Counts(
            statuses=row["statuses"],
            followers=row["followers"],
            following=row["following"],
            last_status_at=row["last_status_at"],
        )
        for row in rows
    }


async def profiles_of(db: Reader, ids: Sequence[AccountId]) -> dict[AccountId, Profile]:
    """Accounts with counts, and likewise those that some of them moved to."""
    rows = await db.fetch(
        f"""
        WITH wanted AS (
            SELECT id FROM unnest($1::bigint[]) AS w (id)
            UNION
            SELECT moved_to_id FROM social.accounts WHERE id = ANY ($1::bigint[]) AND moved_to_id IS NOT NULL
        )
        SELECT {COLUMNS}, coalesce(c.statuses, 0) AS statuses, coalesce(c.followers, 0) AS followers,
            coalesce(c.following, 0) AS following, c.last_status_at, u.role, coalesce(u.settings, '{{}}') AS settings
        FROM wanted
        JOIN social.accounts a ON a.id = wanted.id
        LEFT JOIN social.account_counts c ON c.account_id = a.id
        LEFT JOIN social.users u ON u.account_id = a.id
        """,
        list(ids),
    )
    return {row["id"]: _profile(dict(row)) for row in rows}


def _profile(columns: dict[str, Any]) -> Profile:
    counts = Counts(**{name: columns.pop(name) for name in Counts.__struct_fields__})
    role, settings = columns.pop("role"), columns.pop("settings")
    return Profile(account=Account(**columns), counts=counts, role=role, settings=settings)


async def private_key_of(db: Reader, account_id: AccountId) -> str | None:
    """PEM. Only delivery, inbox and api-gateway may ask."""
    key: str | None = await db.fetchval(
        "SELECT private_key_pem FROM social.account_keys WHERE account_id = $1", account_id
    )
    return key


async def ed25519_key_of(db: Reader, account_id: AccountId) -> str | None:
    """PEM; None for an account without one. The same may ask as for the other private key."""
    key: str | None = await db.fetchval(
        "SELECT ed25519_private_pem FROM social.account_keys WHERE account_id = $1", account_id
    )
    return key


async def new_id(db: Reader) -> AccountId:
    return AccountId(await db.fetchval("SELECT social.snowflake(clock_timestamp())"))


async def add_local(
    tx: Tx,
    *,
    account_id: AccountId,
    username: str,
    uri: Uri,
    url: str,
    actor_type: str,
    shared_inbox_url: str,
    public_key_pem: str,
    multikey: str | None = None,
) -> Account | None:
    """Create an account of ours; None if the username is taken."""
    row = await tx.fetchrow(
        f"""
        INSERT INTO social.accounts AS a (
            id, username, domain, is_local, uri, url, actor_type, inbox_url, shared_inbox_url, outbox_url,
            followers_url, following_url, featured_url, public_key_id, public_key_pem, multikeys
        )
        VALUES (
            $1, $2, NULL, true, $3, $4, $5, $3 || '/inbox', $6, $3 || '/outbox',
            $3 || '/followers', $3 || '/following', $3 || '/collections/featured', $3 || '#main-key', $7, $8
        )
        ON CONFLICT DO NOTHING
        RETURNING {COLUMNS}
        """,
        account_id,
        username,
        uri,
        url,
        actor_type,
        shared_inbox_url,
        public_key_pem,
        [{"id": f"{uri}{ED25519_FRAGMENT}", "multibase": multikey}] if multikey else [],
    )
    return Account(**row) if row else None


async def add_private_key(tx: Tx, account_id: AccountId, pem: str, ed25519_pem: str | None = None) -> None:
    await tx.execute(
        """
        INSERT INTO social.account_keys (account_id, private_key_pem, ed25519_private_pem) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING
        """,
        account_id,
        pem,
        ed25519_pem,
    )


async def set_remote(tx: Tx, profile: RemoteProfile, fetched_at: dt.datetime) -> tuple[Account, bool]:
    """Create or refresh a remote account, known by its URI; True if it is new."""
    row = await tx.fetchrow(
        f"""
        INSERT INTO social.accounts AS a ({_WRITTEN}, is_local, fetched_at)
        VALUES ({_VALUES}, false, ${len(PROFILE) + 1})
        ON CONFLICT (uri) DO UPDATE SET {_UPDATES}, fetched_at = excluded.fetched_at, updated_at = now()
        RETURNING {COLUMNS}, (a.xmax = 0) AS is_new
        """,
        *(getattr(profile, name) for name in PROFILE),
        fetched_at,
    )
    assert row is not None
    columns = dict(row)
    is_new = columns.pop("is_new")
    return Account(**columns), is_new


async def set_profile(
    tx: Tx,
    account: Account,
    *,
    emoji_ids: Sequence[EmojiId],
) -> None:
    """Store the editable part of an account of ours, as it stands in `account`."""
    await tx.execute(
        """
        UPDATE social.accounts
        SET display_name = $2, note = $3, note_source = $4, fields = $5, fields_source = $6, locked = $7,
            discoverable = $8, indexable = $9, hide_collections = $10, actor_type = $11,
            avatar_key = $12, avatar_description = $13, header_key = $14, header_description = $15,
            attribution_domains = $16, emoji_ids = $17, show_media = $18, show_media_replies = $19,
            show_featured = $20, updated_at = now()
        WHERE id = $1 AND is_local
        """,
        account.id,
        account.display_name,
        account.note,
        account.note_source,
        account.fields,
        account.fields_source,
        account.locked,
        account.discoverable,
        account.indexable,
        account.hide_collections,
        account.actor_type,
        account.avatar_key,
        account.avatar_description,
        account.header_key,
        account.header_description,
        account.attribution_domains,
        list(emoji_ids),
        account.show_media,
        account.show_media_replies,
        account.show_featured,
    )


async def set_remote_counts(
    tx: Tx, account_id: AccountId, *, statuses: int | None, followers: int | None, following: int | None
) -> None:
    """Note what a remote server says of its own account's totals; None leaves a number as it is."""
    await tx.execute(
        """
        INSERT INTO social.account_counts AS c (account_id, statuses, followers, following)
        VALUES ($1, coalesce($2, 0), coalesce($3, 0), coalesce($4, 0))
        ON CONFLICT (account_id) DO UPDATE SET
            statuses = coalesce($2, c.statuses), followers = coalesce($3, c.followers),
            following = coalesce($4, c.following)
        """,
        account_id,
        statuses,
        followers,
        following,
    )


async def delete_remote(tx: Tx, account_id: AccountId) -> bool:
    """Delete the account with all that hangs on it."""
    return bool(
        await tx.fetchval("DELETE FROM social.accounts WHERE id = $1 AND NOT is_local RETURNING true", account_id)
    )
