"""Two thousand people with open apps: whom they follow, what their apps listen to, and authors who post."""

import json
import time

import asyncpg
import msgspec
from signing_in import a_user

from chassis.db import Database
from contracts.ids import StatusId
from social.accounts.model import Account
from social.addresses import Addresses
from social.statuses import actions
from social.statuses.model import Draft

ADDRESSES = Addresses("https://ours.test", "ours.test")
AUTHORS = 50
WITH_A_TAG, WITH_A_LIST = 5, 10
"""Every so many apps listen to a hashtag besides, or to a list, on the same connection."""
TAG = "birds"
WORDS = (
    "The swifts came back this morning, two weeks earlier than last year, and half of the street stood to watch. " * 3
)

READERS = """
WITH reader AS (
    INSERT INTO social.accounts (username, is_local, uri, url, inbox_url, shared_inbox_url)
    SELECT 'reader' || n, true, 'https://ours.test/ap/r/' || n, 'https://ours.test/@reader' || n,
        'https://ours.test/ap/r/' || n || '/inbox', 'https://ours.test/inbox'
    FROM generate_series(0, $1::int - 1) AS n
    RETURNING id, substr(username, 7)::int AS n
), person AS (
    INSERT INTO social.users (account_id, email, password_hash, confirmed_at)
    SELECT id, 'reader' || n || '@mail.example', 'x', now() FROM reader
), token AS (
    INSERT INTO social.tokens (token_hash, account_id, scopes)
    SELECT sha256(convert_to('token' || n, 'utf8')), id, '{read,write}' FROM reader
), list AS (
    INSERT INTO social.lists (account_id, title) SELECT id, 'Watched' FROM reader WHERE n % $4 = 0
    RETURNING id, account_id
), watched AS (
    INSERT INTO social.list_accounts (list_id, account_id) SELECT id, $2 FROM list
), followed AS (
    INSERT INTO social.follows (account_id, target_id, uri)
    SELECT reader.id, target.id, reader.id || '#follows/' || target.id
    FROM reader, LATERAL (VALUES ($2::bigint), (($3::bigint[])[1 + n % cardinality($3::bigint[])])) AS target (id)
)
SELECT reader.n, list.id FROM reader LEFT JOIN list ON list.account_id = reader.id ORDER BY reader.n
"""


class App(msgspec.Struct, frozen=True):
    """What one connection says: its token, and to what it listens besides its home."""

    token: str
    frames: list[str]


class Audience:
    """Everybody follows the star, and one of the authors."""

    def __init__(self, gateway: Database, star: Account, authors: list[Account], apps: list[App]) -> None:
        self._gateway = gateway
        self.star = star
        self.authors = authors
        self.apps = apps

    async def post(self, author: Account, *tags: str) -> tuple[StatusId, float]:
        """Its id, and when it was committed."""
        async with self._gateway.transaction() as tx:
            now = await tx.fetchval("SELECT now()")
            draft = Draft(content=f"<p>{WORDS}</p>", text=WORDS, visibility="public", tags=tags, created_at=now)
            status = await actions.post(tx, ADDRESSES, author, draft)
        assert status is not None
        return status.id, time.time()


async def gather(gateway: Database, superuser: asyncpg.Connection, readers: int) -> Audience:
    star, *authors = [await a_user(gateway, name) for name in ("star", *(f"author{n}" for n in range(AUTHORS)))]
    rows = await superuser.fetch(READERS, readers, star.id, [author.id for author in authors], WITH_A_LIST)
    await superuser.execute("ANALYZE")
    return Audience(gateway, star, authors, [App(f"token{row['n']}", _frames(row["n"], row["id"])) for row in rows])


def _frames(number: int, list_id: int | None) -> list[str]:
    asked = [{"type": "subscribe", "stream": "list", "list": str(list_id)}] if list_id is not None else []
    if number % WITH_A_TAG == 1:
        asked.append({"type": "subscribe", "stream": "hashtag", "tag": TAG})
    return [json.dumps(frame) for frame in asked]
