"""Where clients find pages and files of ours."""

from contracts.ids import MediaId


class MediaUrls:
    """Builds addresses below our own, or below another one for files that a CDN or a bucket serves."""

    def __init__(self, base_url: str, media_base: str = "") -> None:
        self.base_url = base_url.rstrip("/")
        self._media = media_base.rstrip("/") or f"{self.base_url}/media"

    @property
    def missing_avatar(self) -> str:
        return f"{self.base_url}/avatars/original/missing.png"

    @property
    def missing_header(self) -> str:
        return f"{self.base_url}/headers/original/missing.png"

    def file(self, key: str) -> str:
        """A file in our storage."""
        return f"{self._media}/{key}"

    def picture(self, key: str | None, remote_url: str | None, missing: str) -> str:
        """An avatar, header or emoji: our copy, else the original, else a stand-in."""
        return self.file(key) if key else remote_url or missing

    def proxied(self, media_id: MediaId, *, preview: bool = False) -> str:
        """A remote file of which we have no copy yet: media fetches it when somebody looks."""
        return f"{self.base_url}/media/proxy/{media_id}" + ("/preview" if preview else "")

    def tag(self, name: str) -> str:
        return f"{self.base_url}/tags/{name}"
