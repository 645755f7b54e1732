"""What PostgreSQL itself does not let inbox do."""

import asyncpg
import pytest
from people import NOW, a_post, remote_accounts

from chassis.db import Database
from social.accounts.model import Account


async def test_an_update_of_our_peoples_words_touches_nothing(
    gateway: Database, inbox: Database, alice: Account
) -> None:
    async with gateway.transaction() as tx:
        status = await a_post(tx, alice, "mine")
    async with inbox.transaction() as tx:
        assert await tx.execute("UPDATE social.statuses SET content = 'stolen'") == "UPDATE 0"
        assert await tx.execute("DELETE FROM social.statuses WHERE id = $1", status.id) == "DELETE 0"
        assert await tx.execute("UPDATE social.accounts SET display_name = 'Eve'") == "UPDATE 0"
        assert await tx.execute("DELETE FROM social.accounts") == "DELETE 0"


async def test_a_status_of_ours_cannot_be_forged(gateway: Database, inbox: Database, alice: Account) -> None:
    async with gateway.transaction() as tx:
        status = await a_post(tx, alice)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with inbox.transaction() as tx:
            await tx.execute(
                """
                INSERT INTO social.statuses (id, uri, account_id, is_local, conversation_id, visibility, created_at)
                VALUES (1, 'https://ours.test/forged', $1, true, $2, 'public', $3)
                """,
                alice.id,
                status.conversation_id,
                NOW,
            )


async def test_a_remote_row_does_not_become_ours(inbox: Database) -> None:
    await remote_accounts(inbox, "bob@far.test")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with inbox.transaction() as tx:
            await tx.execute("UPDATE social.accounts SET is_local = true, domain = NULL")


async def test_sign_in_secrets_are_not_for_inbox(inbox: Database) -> None:
    for secret in ("SELECT password_hash FROM social.users", "SELECT token_hash FROM social.tokens"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await inbox.fetch(secret)
