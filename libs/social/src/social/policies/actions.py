"""Changing what other servers may do. Every change reaches every process's memory as PolicyChanged."""

import re

import msgspec

from apcore.handles import host_in_ascii
from chassis.db import Tx
from contracts.events import PolicyChanged
from contracts.ids import Domain
from social.errors import ValidationFailed
from social.policies import store
from social.policies.model import SEVERITIES, Allowance, Policy

_NAME = re.compile(
    r"(?=.{1,253}(:|$))([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(:\d{1,5})?"
)


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a policy shall say; None leaves it as it is."""

    severity: str | None = None
    reject_media: bool | None = None
    reject_reports: bool | None = None
    private_comment: str | None = None
    public_comment: str | None = None
    obfuscate: bool | None = None


def as_domain(text: str) -> Domain:
    """A domain as handles spell it, from what a moderator typed."""
    name = text.strip().lower().removeprefix("https://").removeprefix("http://").strip("/@.")
    # By the rules of handles: another reading of a letter would be the policy of another server.
    if not name.isascii():
        name = host_in_ascii(name) or ""
    if not _NAME.fullmatch(name):
        raise ValidationFailed("Domain is not a valid domain name")
    return Domain(name)


async def create(tx: Tx, domain: Domain, wish: Wish) -> Policy | None:
    """Give the domain a policy; None if it has one."""
    _check(wish)
    policy = await store.add(
        tx,
        domain,
        severity=wish.severity or "silence",
        reject_media=wish.reject_media or False,
        reject_reports=wish.reject_reports or False,
        private_comment=wish.private_comment or "",
        public_comment=wish.public_comment or "",
        obfuscate=wish.obfuscate or False,
    )
    if policy is not None:
        tx.emit(PolicyChanged(domain=domain))
    return policy


async def change(tx: Tx, policy: Policy, wish: Wish) -> Policy:
    """Change what the wish names."""
    _check(wish)
    changed = msgspec.structs.replace(
        policy, **{name: value for name, value in msgspec.structs.asdict(wish).items() if value is not None}
    )
    if changed != policy:
        await store.update(tx, changed)
        tx.emit(PolicyChanged(domain=policy.domain))
    return changed


async def remove(tx: Tx, policy: Policy) -> None:
    if await store.remove(tx, policy.id):
        tx.emit(PolicyChanged(domain=policy.domain))


async def allow(tx: Tx, domain: Domain) -> Allowance | None:
    """Talk with the server where federation is limited; None if we did already."""
    allowance = await store.add_allowance(tx, domain)
    if allowance is not None:
        tx.emit(PolicyChanged(domain=domain))
    return allowance


async def disallow(tx: Tx, domain: Domain) -> bool:
    """Talk with it no more, where federation is limited."""
    was_there = await store.remove_allowance(tx, domain)
    if was_there:
        tx.emit(PolicyChanged(domain=domain))
    return was_there


def _check(wish: Wish) -> None:
    if wish.severity is not None and wish.severity not in SEVERITIES:
        raise ValidationFailed(f"Severity is not one of {', '.join(SEVERITIES)}")
