"""What a file of a post or a profile is, ours or another server's."""

import hashlib
from typing import Any

import msgspec

from contracts.ids import AccountId, MediaId
from social.errors import ValidationFailed

LONGEST_DESCRIPTION = 10_000
PENDING, READY, FAILED = "pending", "ready", "failed"


class NewFile(msgspec.Struct, frozen=True, kw_only=True):
    """An upload about to become an attachment. Without `file_key` it still has to be processed."""

    id: MediaId
    account_id: AccountId
    kind: str
    mime_type: str
    file_size: int
    description: str | None
    file_key: str | None = None
    preview_key: str | None = None
    blurhash: str | None = None
    meta: dict[str, Any] = {}


class RemoteFile(msgspec.Struct, frozen=True, kw_only=True):
    """What a remote status says of a file of its own: nothing is fetched until somebody looks."""

    kind: str
    url: str
    preview_url: str | None = None
    mime_type: str = ""
    description: str | None = None
    blurhash: str | None = None
    width: int | None = None
    height: int | None = None
    focus: tuple[float, float] | None = None


def version_of(remote_url: str) -> str:
    """What the address of our copy ends with: it changes with the original, and only who knows that can guess it."""
    return hashlib.sha256(remote_url.encode()).hexdigest()[:32]


def focus_in(text: str) -> tuple[float, float]:
    """The point that thumbnails keep in sight, from a client's `x,y`."""
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError as error:
        raise ValidationFailed("Focus must be two numbers between -1 and 1") from error
    if not (-1 <= x <= 1 and -1 <= y <= 1):
        raise ValidationFailed("Focus must be two numbers between -1 and 1")
    return x, y


def focused(meta: dict[str, Any], focus: tuple[float, float] | None) -> dict[str, Any]:
    return meta if focus is None else meta | {"focus": {"x": focus[0], "y": focus[1]}}


def meta_of(file: RemoteFile) -> dict[str, Any]:
    """The entity's `meta`, as far as the other server tells."""
    meta: dict[str, Any] = {}
    if file.width and file.height and file.width > 0 and file.height > 0:
        meta["original"] = {
            "width": file.width,
            "height": file.height,
            "size": f"{file.width}x{file.height}",
            "aspect": file.width / file.height,
        }
    return focused(meta, file.focus)


def checked_description(text: str | None) -> str | None:
    if text is not None and len(text) > LONGEST_DESCRIPTION:
        raise ValidationFailed(f"Description is too long (maximum is {LONGEST_DESCRIPTION} characters)")
    return text
