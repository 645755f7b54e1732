"""What we allow other servers to do, and what follows from it. Pure: values in, decision out."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from enum import Enum

import msgspec

from contracts.ids import Domain
from social.accounts.model import Account

NOOP, SILENCE, SUSPEND = "noop", "silence", "suspend"
SEVERITIES = (NOOP, SILENCE, SUSPEND)

ALLOWED_WHILE_SUSPENDED = frozenset({"Delete", "Reject", "Undo", "Update"})
"""As Mastodon: what a suspended remote account can still say, none of which shows anything new."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `social.domain_policies`: about a domain and all its subdomains without a policy of their own."""

    id: int
    domain: Domain
    severity: str
    reject_media: bool
    reject_reports: bool
    private_comment: str
    public_comment: str
    obfuscate: bool
    created_at: dt.datetime
    updated_at: dt.datetime


class Allowance(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `social.domain_allows`: a server that we talk with though federation is limited."""

    id: int
    domain: Domain
    created_at: dt.datetime


class Verdict(Enum):
    """What becomes of an activity."""

    ACCEPT = "accept"
    LIMIT = "limit"
    """Accepted, and shown only to those who follow its author."""
    DROP = "drop"
    """Answered as if accepted, and forgotten."""
    REFUSE = "refuse"
    """Answered 403."""


class Policies:
    """All policies at one moment. Immutable; `chassis.broadcast.Snapshot` holds the newest."""

    def __init__(self, policies: Iterable[Policy] = (), allowed: Collection[Domain] | None = None) -> None:
        """`allowed` are the only servers that we talk with; None where federation is not limited."""
        self._by_domain = {policy.domain: policy for policy in policies}
        self._allowed = None if allowed is None else frozenset(allowed)

    def of(self, domain: str | None) -> Policy | None:
        """The policy of the domain or its closest parent that has one. None stands for our own server."""
        if domain is None or not self._by_domain:
            return None
        return next((self._by_domain[name] for name in _names(domain) if name in self._by_domain), None)

    def decide(self, domain: str | None, activity: str) -> Verdict:
        """What becomes of an activity of this type by an actor of the domain."""
        if self.is_stranger(domain):
            return Verdict.REFUSE
        match self.of(domain):
            case None:
                return Verdict.ACCEPT
            case Policy(severity="suspend"):
                return Verdict.REFUSE
            case Policy(reject_reports=True) if activity == "Flag":
                return Verdict.DROP
            case Policy(severity="silence"):
                return Verdict.LIMIT
            case _:
                return Verdict.ACCEPT

    def is_stranger(self, domain: str | None) -> bool:
        """Whether federation is limited, and not to this server. A subdomain needs a place of its own on the list."""
        return domain is not None and self._allowed is not None and domain.lower() not in self._allowed

    def is_suspended(self, domain: str | None) -> bool:
        """Nothing comes from there, nothing is fetched there, nothing is sent there."""
        policy = self.of(domain)
        return self.is_stranger(domain) or (policy is not None and policy.severity == SUSPEND)

    def may_fetch_media(self, domain: str | None) -> bool:
        policy = self.of(domain)
        return not self.is_suspended(domain) and not (policy is not None and policy.reject_media)

    def shuns_files_at(self, host: str) -> bool:
        """Whether files that lie there are not wanted, whoever shows them.

        A list of servers to talk with says nothing about where these keep their files.
        """
        policy = self.of(host)
        return policy is not None and (policy.reject_media or policy.severity == SUSPEND)

    def hides(self, account: Account) -> bool:
        """The account, or its whole server, is suspended: nobody sees it."""
        return account.suspended_at is not None or self.is_suspended(account.domain)

    def limits(self, account: Account) -> bool:
        """The account, or its whole server, is silenced: only its followers see it unasked."""
        policy = self.of(account.domain)
        return account.silenced_at is not None or (policy is not None and policy.severity == SILENCE)

    def accepts(self, author: Account, activity: str) -> Verdict:
        """As `decide`, for an author we know: a suspended one may still leave, take back and refuse."""
        if author.suspended_at is not None and activity not in ALLOWED_WHILE_SUSPENDED:
            return Verdict.DROP
        return self.decide(author.domain, activity)

    def limited_domains(self) -> list[Domain]:
        """Domains whose posts stay out of public timelines, for SQL; subdomains are covered by suffix."""
        return [domain for domain, policy in self._by_domain.items() if policy.severity != NOOP]


def _names(domain: str) -> Iterator[Domain]:
    """The domain and its parents, closest first; a policy may name a port or leave it out."""
    host, _, port = domain.lower().partition(":")
    labels = host.split(".")
    for start in range(len(labels)):
        name = ".".join(labels[start:])
        if port:
            yield Domain(f"{name}:{port}")
        yield Domain(name)
