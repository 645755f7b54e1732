"""What may be configured in inbox."""

from pydantic import Field

from chassis.settings import Settings as SharedSettings


class Settings(SharedSettings):
    """Settings of inbox."""

    key_seconds: float = Field(default=3.0, gt=0, le=10)
    """How long a request waits for the key of a signer never seen."""
    believe_ld_signatures: bool = False
    """Whether posts, edits and deletions that others bring count for their author's if an LD signature is in them.
    Otherwise they are fetched from where they were written."""
    unverified_per_host: int = Field(default=500, ge=1)
    """How many requests of one host may wait for its keys."""
    unverified: int = Field(default=20_000, ge=1)
    """How many requests may wait for keys altogether."""
    remembered_keys: int = Field(default=10_000, ge=1)
    """How many signers' keys a process keeps in memory."""
    resolve_seconds: float = Field(default=8.0, gt=0)
    """How long a person waits for a handle or address that they typed."""
    thread_depth: int = Field(default=50, ge=0)
    """How many unknown posts up a thread, or down one, are fetched one after the other."""
    catch_up_after_minutes: int = Field(default=30, ge=0)
    """After a pause of so long followed accounts are asked for what they posted meanwhile; 0 for never."""
    unasked_per_host: int = Field(default=600, ge=0)
    """What one host is asked for in five minutes though nobody waits for it: threads, parents, what was missed."""
    body_seconds: float = Field(default=20.0, gt=0)
    """How long a delivery's body may take to come in."""
    ingress_per_second: float = Field(default=100, gt=0)
    """How many activities of one server a process takes in the long run."""
    ingress_burst: int = Field(default=3000, ge=1)
    """How many it takes at once, as after an interruption; more are told to come again."""
