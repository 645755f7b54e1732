"""What the media service tells itself to do."""

from collections.abc import Sequence

from chassis.db import Tx
from contracts.ids import MediaId
from contracts.jobs import Job


class ProcessUpload(Job, frozen=True, tag="media.process_upload"):
    """Make what a post shows of an upload's raw bytes."""

    media_id: MediaId


class RemoveFiles(Job, frozen=True, tag="media.remove_files"):
    """Remove from storage what nothing names any more."""

    keys: tuple[str, ...]


def discard(tx: Tx, keys: Sequence[str]) -> None:
    """Leave the files to a job: storage is not touched inside a transaction."""
    if keys:
        tx.enqueue(RemoveFiles(keys=tuple(keys)))
