"""Every SQL statement is valid against the schema and legal for each service that can reach it."""

import asyncpg
import pytest
from statements import SERVICES, sources, statements_of

from chassis.settings import Settings

KNOWN = sources()


@pytest.mark.parametrize("service", SERVICES)
async def test_every_statement_is_legal_under_the_services_role(service: str, settings: Settings) -> None:
    conn = await asyncpg.connect(settings.database_url_for(service), statement_cache_size=0)
    found = statements_of(service, KNOWN)
    try:
        illegal = {where: reason for where, text in found if (reason := await _objection(conn, text))}
    finally:
        await conn.close()
    assert found, "no statement found: the search is broken"
    assert not illegal, "\n".join(f"{where}: {reason}" for where, reason in sorted(illegal.items()))


async def _objection(conn: "asyncpg.Connection", text: str) -> str | None:
    """What PostgreSQL has against the statement; permissions are checked when it is planned to run."""
    try:
        prepared = await conn.prepare(text)
        nulls = ", ".join(["NULL"] * len(prepared.get_parameters()))
        await conn.execute("DEALLOCATE ALL")
        await conn.execute(f"PREPARE q AS {text}")
        await conn.execute(f"EXPLAIN EXECUTE q{f'({nulls})' if nulls else ''}")
    except asyncpg.PostgresError as error:
        return f"{error} | {' '.join(text.split())[:140]}"
    return None
