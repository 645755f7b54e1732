"""SQL for domain policies."""

from chassis.db import Reader, Tx
from contracts.ids import Domain
from social.paging import Page
from social.policies.model import Allowance, Policies, Policy

COLUMNS = ", ".join(Policy.__struct_fields__)
ALLOWANCE = ", ".join(Allowance.__struct_fields__)


async def everything(db: Reader, *, is_limited: bool) -> Policies:
    """`is_limited` is the setting `limited_federation`: without it the list of allowed servers has no effect."""
    rows = await db.fetch(f"SELECT {COLUMNS} FROM social.domain_policies")
    allowed = [allowance.domain for allowance in await allowances(db)] if is_limited else None
    return Policies((Policy(**row) for row in rows), allowed)


async def allowances(db: Reader) -> list[Allowance]:
    rows = await db.fetch(f"SELECT {ALLOWANCE} FROM social.domain_allows ORDER BY domain")
    return [Allowance(**row) for row in rows]


async def allowance(db: Reader, allowance_id: int) -> Allowance | None:
    row = await db.fetchrow(f"SELECT {ALLOWANCE} FROM social.domain_allows WHERE id = $1", allowance_id)
    return Allowance(**row) if row else None


async def page_of_allowances(db: Reader, page: Page) -> list[Allowance]:
    rows = await db.fetch(
        f"""
        SELECT {ALLOWANCE}
        FROM social.domain_allows
        WHERE ($1::bigint IS NULL OR id < $1) AND ($2::bigint IS NULL OR id > $2)
        ORDER BY CASE WHEN $3 THEN id ELSE -id END
        LIMIT $4
        """,
        page.max_id,
        page.after,
        page.forward,
        page.limit,
    )
    return page.newest_first([Allowance(**row) for row in rows])


async def add_allowance(tx: Tx, domain: Domain) -> Allowance | None:
    """None if it is on the list."""
    row = await tx.fetchrow(
        f"INSERT INTO social.domain_allows (domain) VALUES ($1) ON CONFLICT DO NOTHING RETURNING {ALLOWANCE}", domain
    )
    return Allowance(**row) if row else None


async def remove_allowance(tx: Tx, domain: Domain) -> bool:
    return bool(await tx.fetchval("DELETE FROM social.domain_allows WHERE domain = $1 RETURNING true", domain))


async def by_id(db: Reader, policy_id: int) -> Policy | None:
    row = await db.fetchrow(f"SELECT {COLUMNS} FROM social.domain_policies WHERE id = $1", policy_id)
    return Policy(**row) if row else None


async def by_domain(db: Reader, domain: Domain) -> Policy | None:
    row = await db.fetchrow(f"SELECT {COLUMNS} FROM social.domain_policies WHERE domain = $1", domain)
    return Policy(**row) if row else None


async def page_of(db: Reader, page: Page) -> list[Policy]:
    rows = await db.fetch(
        f"""
        SELECT {COLUMNS}
        FROM social.domain_policies
        WHERE ($1::bigint IS NULL OR id < $1) AND ($2::bigint IS NULL OR id > $2)
        ORDER BY CASE WHEN $3 THEN id ELSE -id END
        LIMIT $4
        """,
        page.max_id,
        page.after,
        page.forward,
        page.limit,
    )
    policies = [Policy(**row) for row in rows]
    return page.newest_first(policies)


async def public(db: Reader) -> list[Policy]:
    """What `/api/v1/instance/domain_blocks` lists: policies that do something, harshest first."""
    rows = await db.fetch(
        f"""
        SELECT {COLUMNS}
        FROM social.domain_policies
        WHERE severity <> 'noop'
        ORDER BY severity = 'suspend' DESC, domain
        """
    )
    return [Policy(**row) for row in rows]


async def add(
    tx: Tx,
    domain: Domain,
    *,
    severity: str,
    reject_media: bool,
    reject_reports: bool,
    private_comment: str,
    public_comment: str,
    obfuscate: bool,
) -> Policy | None:
    """None if the domain has a policy."""
    row = await tx.fetchrow(
        f"""
        INSERT INTO social.domain_policies (
            domain, severity, reject_media, reject_reports, private_comment, public_comment, obfuscate
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT DO NOTHING
        RETURNING {COLUMNS}
        """,
        domain,
        severity,
        reject_media,
        reject_reports,
        private_comment,
        public_comment,
        obfuscate,
    )
    return Policy(**row) if row else None


async def update(tx: Tx, policy: Policy) -> None:
    """Store the policy as it is given; its id and domain stay."""
    await tx.execute(
        """
        UPDATE social.domain_policies
        SET severity = $2, reject_media = $3, reject_reports = $4, private_comment = $5, public_comment = $6,
            obfuscate = $7, updated_at = now()
        WHERE id = $1
        """,
        policy.id,
        policy.severity,
        policy.reject_media,
        policy.reject_reports,
        policy.private_comment,
        policy.public_comment,
        policy.obfuscate,
    )


async def remove(tx: Tx, policy_id: int) -> bool:
    return bool(await tx.fetchval("DELETE FROM social.domain_policies WHERE id = $1 RETURNING true", policy_id))
