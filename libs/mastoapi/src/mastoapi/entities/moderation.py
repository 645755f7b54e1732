"""Reports, and what moderators see."""

from msgspec import Struct

from mastoapi.entities.accounts import Account, Role
from mastoapi.entities.instance import Rule
from mastoapi.entities.statuses import Status


class Report(Struct, frozen=True, kw_only=True):
    """A report as its author sees it."""

    id: str
    action_taken: bool
    action_taken_at: str | None
    category: str
    comment: str
    forwarded: bool
    created_at: str
    status_ids: list[str] | None
    collection_ids: list[str] | None
    rule_ids: list[str] | None
    target_account: Account


class AdminIp(Struct, frozen=True, kw_only=True):
    ip: str
    used_at: str


class AdminAccount(Struct, frozen=True, kw_only=True):
    id: str
    username: str
    domain: str | None
    created_at: str
    email: str
    ip: str | None
    ips: list[AdminIp]
    locale: str
    invite_request: str | None
    role: Role
    confirmed: bool
    approved: bool
    disabled: bool
    sensitized: bool
    silenced: bool
    suspended: bool
    account: Account


class AdminReport(Struct, frozen=True, kw_only=True):
    id: str
    action_taken: bool
    action_taken_at: str | None
    category: str
    comment: str
    forwarded: bool
    created_at: str
    updated_at: str
    account: AdminAccount
    target_account: AdminAccount
    assigned_account: AdminAccount | None
    action_taken_by_account: AdminAccount | None
    statuses: list[Status]
    rules: list[Rule]


class AdminDomainAllow(Struct, frozen=True, kw_only=True):
    id: str
    domain: str
    created_at: str


class AdminDomainBlock(Struct, frozen=True, kw_only=True):
    id: str
    domain: str
    digest: str
    created_at: str
    severity: str
    reject_media: bool
    reject_reports: bool
    private_comment: str | None
    public_comment: str | None
    obfuscate: bool
