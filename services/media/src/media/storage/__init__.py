"""Storage of files: on a local disk or in an S3."""

from media.settings import Settings
from media.storage.disk import Disk
from media.storage.model import Key, NoSuchFile, Storage, StorageAway
from media.storage.s3 import S3

__all__ = ["Key", "NoSuchFile", "Storage", "StorageAway", "storage_of"]


def storage_of(settings: Settings) -> Storage:
    if not settings.s3_endpoint:
        return Disk(settings.media_root)
    return S3(
        settings.s3_endpoint,
        bucket=settings.s3_bucket,
        access_key=settings.s3_access_key.get_secret_value(),
        secret_key=settings.s3_secret_key.get_secret_value(),
        region=settings.s3_region,
        secure=settings.s3_secure,
    )
