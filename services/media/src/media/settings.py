"""What may be configured in the media service."""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator

from chassis.settings import Settings as SharedSettings


class Settings(SharedSettings):
    """Files go to S3 when an endpoint is set, to `media_root` otherwise."""

    media_root: Path = Path("media")

    s3_endpoint: str = ""
    """Host and port of any S3, with or without a scheme."""
    s3_bucket: str = "media"
    s3_access_key: SecretStr = SecretStr("")
    s3_secret_key: SecretStr = SecretStr("")
    s3_region: str = "us-east-1"
    s3_secure: bool | None = None
    """TLS to the endpoint: as its scheme says, or yes without one."""

    image_processes: int = Field(default=2, ge=1, le=64)
    """How many pictures one process of this service works on at once, each in a process of its own."""
    image_timeout: float = Field(default=45.0, gt=0)
    """Seconds after which a picture is given up."""

    remote_media_days: int = Field(default=14, ge=1)
    """How long a picture of another server stays after it was fetched; it is fetched again on demand."""

    @model_validator(mode="after")
    def _s3_is_complete(self) -> Self:
        if self.s3_endpoint and not (self.s3_access_key.get_secret_value() and self.s3_secret_key.get_secret_value()):
            raise ValueError("MURMURATION_S3_ENDPOINT needs MURMURATION_S3_ACCESS_KEY and MURMURATION_S3_SECRET_KEY")
        return self
