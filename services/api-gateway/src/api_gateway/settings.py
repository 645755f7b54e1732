"""What may be configured in api-gateway."""

from typing import Self

from pydantic import SecretStr, model_validator

from chassis.settings import Settings as SharedSettings


class Settings(SharedSettings):
    """Settings of api-gateway."""

    source_url: str = ""
    """Where the source of this very version is: the AGPL wants users to find it. Our own address if empty."""

    libretranslate_url: str = ""
    """A LibreTranslate server, which posts are translated by; nothing is translated when empty."""
    libretranslate_api_key: SecretStr = SecretStr("")
    """Its key, if it wants one."""

    @model_validator(mode="after")
    def _cookies_are_signed(self) -> Self:
        if not self.secret_key.get_secret_value():
            raise ValueError("MURMURATION_SECRET_KEY is empty, but sign-in cookies need it: set a long random value")
        return self
