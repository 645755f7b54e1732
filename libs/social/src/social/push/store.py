"""SQL for push subscriptions and the keys we sign pushes with. One function, one statement."""

from collections.abc import Collection

from chassis.db import Reader, Row, Tx
from contracts.ids import AccountId, SubscriptionId, TokenId
from social.push.model import Subscription, VapidKeys, Wanted

COLUMNS = ", ".join(f"p.{name}" for name in Subscription.__struct_fields__)


async def set_of_token(tx: Tx, token_id: TokenId, account_id: AccountId, wanted: Wanted) -> Subscription:
    """The one subscription of the token, in place of any that it had."""
    row = await tx.fetchrow(
        f"""
        INSERT INTO social.push_subscriptions AS p (
            token_id, account_id, endpoint, key_p256dh, key_auth, standard, policy, alerts, sealed_token
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (token_id) DO UPDATE
            SET endpoint = excluded.endpoint, key_p256dh = excluded.key_p256dh, key_auth = excluded.key_auth,
                standard = excluded.standard, policy = excluded.policy, alerts = excluded.alerts,
                sealed_token = excluded.sealed_token, updated_at = now()
        RETURNING {COLUMNS}
        """,
        token_id,
        account_id,
        wanted.endpoint,
        wanted.key_p256dh,
        wanted.key_auth,
        wanted.standard,
        wanted.policy,
        list(wanted.alerts),
        wanted.sealed_token,
    )
    assert row is not None
    return _subscription(row)


async def set_wishes(tx: Tx, token_id: TokenId, *, policy: str, alerts: Collection[str]) -> Subscription | None:
    """What the subscription is told of; None if the token has none."""
    row = await tx.fetchrow(
        f"""
        UPDATE social.push_subscriptions p SET policy = $2, alerts = $3, updated_at = now()
        WHERE token_id = $1
        RETURNING {COLUMNS}
        """,
        token_id,
        policy,
        list(alerts),
    )
    return _subscription(row) if row else None


async def of_token(db: Reader, token_id: TokenId) -> Subscription | None:
    row = await db.fetchrow(f"SELECT {COLUMNS} FROM social.push_subscriptions p WHERE p.token_id = $1", token_id)
    return _subscription(row) if row else None


async def remove_of_token(tx: Tx, token_id: TokenId) -> None:
    await tx.execute("DELETE FROM social.push_subscriptions WHERE token_id = $1", token_id)


async def in_force(db: Reader, subscription_id: SubscriptionId) -> Subscription | None:
    """The subscription, if its token still lets somebody in."""
    row = await db.fetchrow(
        f"""
        SELECT {COLUMNS}
        FROM social.push_subscriptions p
        JOIN social.tokens t ON t.id = p.token_id AND t.revoked_at IS NULL
        JOIN social.accounts a ON a.id = p.account_id AND a.suspended_at IS NULL
        JOIN social.users u ON u.account_id = p.account_id AND u.disabled_at IS NULL
        WHERE p.id = $1
        """,
        subscription_id,
    )
    return _subscription(row) if row else None


async def remove(tx: Tx, subscription_id: SubscriptionId) -> None:
    await tx.execute("DELETE FROM social.push_subscriptions WHERE id = $1", subscription_id)


async def to_tell(
    db: Reader, receivers: Collection[AccountId], *, alert: str, sender: AccountId
) -> list[tuple[AccountId, SubscriptionId]]:
    """Which subscriptions of these people want to hear of such a thing from the sender."""
    rows = await db.fetch(
        """
        SELECT p.account_id, p.id
        FROM social.push_subscriptions p
        WHERE p.account_id = ANY ($1::bigint[]) AND $2 = ANY (p.alerts)
            AND CASE p.policy
                WHEN 'all' THEN true
                WHEN 'followed' THEN EXISTS (
                    SELECT FROM social.follows f WHERE f.account_id = p.account_id AND f.target_id = $3
                )
                WHEN 'follower' THEN EXISTS (
                    SELECT FROM social.follows f WHERE f.account_id = $3 AND f.target_id = p.account_id
                )
                ELSE false
            END
        """,
        list(receivers),
        alert,
        sender,
    )
    return [(row["account_id"], row["id"]) for row in rows]


async def public_key(db: Reader) -> str | None:
    """By which push services know us; None until timeline has made the keys."""
    key: str | None = await db.fetchval("SELECT public_key FROM social.vapid_keys WHERE id = 1")
    return key


async def keys(db: Reader) -> VapidKeys | None:
    row = await db.fetchrow("SELECT public_key, private_key_pem FROM social.vapid_keys WHERE id = 1")
    return VapidKeys(**row) if row else None


async def add_keys(tx: Tx, made: VapidKeys) -> None:
    """Keep the keys, unless another process was quicker: theirs stay for ever."""
    await tx.execute(
        "INSERT INTO social.vapid_keys (public_key, private_key_pem) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        made.public_key,
        made.private_key_pem,
    )


def _subscription(row: Row) -> Subscription:
    return Subscription(**{**row, "alerts": tuple(row["alerts"])})
