"""Work that api-gateway leaves to itself."""

from enum import StrEnum

from contracts.ids import AccountId
from contracts.jobs import Job


class Part(StrEnum):
    """What our people have with an account, in the order in which it follows when that moves."""

    NOTES = "notes"
    BLOCKS = "blocks"
    MUTES = "mutes"
    FOLLOWERS = "followers"


class CarryOver(Job, frozen=True, kw_only=True, tag="api_gateway.carry_over"):
    """Let one batch of what our people have with an account follow it to where it moved."""

    account_id: AccountId
    target_id: AccountId
    part: Part = Part.NOTES
    after: int = 0
