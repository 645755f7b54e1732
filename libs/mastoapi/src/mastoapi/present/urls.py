"""Where clients find pages and files of ours."""

from urllib.parse import quote

from contracts.ids import AccountId, EmojiId, MediaId
from mastoapi.present.fragments import Fragments
from social.accounts.model import Account
from social.media.model import version_of


class MediaUrls:
    """Builds addresses below our own, or below another one for files that a CDN or a bucket serves.

    Pictures of other servers are named below `/media/proxy`, so that no reader's address is shown to a
    stranger: media fetches them when somebody looks. `v` changes with the original and cannot be guessed.
    """

    def __init__(self, base_url: str, media_base: str = "") -> None:
        self.base_url = base_url.rstrip("/")
        self._media = media_base.rstrip("/") or f"{self.base_url}/media"
        # Whatever was rendered has these addresses in it, and is of no use with others.
        self.fragments = Fragments()

    @property
    def missing_avatar(self) -> str:
        return f"{self.base_url}/avatars/original/missing.png"

    @property
    def missing_header(self) -> str:
        return f"{self.base_url}/headers/original/missing.png"

    def file(self, key: str) -> str:
        """A file in our storage."""
        return f"{self._media}/{key}"

    def attachment(self, media_id: MediaId, remote_url: str, variant: str) -> str:
        """`original` or `small`."""
        return self._proxied(str(media_id), variant, remote_url)

    def profile_picture(self, account_id: AccountId, variant: str, key: str | None, remote_url: str | None) -> str:
        """An `avatar` or `header`: our file, the other server's picture, or a stand-in."""
        if key:
            return self.file(key)
        if remote_url:
            return self._proxied(f"accounts/{account_id}", variant, remote_url)
        return self.missing_avatar if variant == "avatar" else self.missing_header

    def emoji(self, emoji_id: EmojiId, variant: str, key: str | None, remote_url: str | None) -> str:
        """`image`, or `static`, which does not move."""
        return self.file(key) if key else self._proxied(f"emojis/{emoji_id}", variant, remote_url or "")

    def tag(self, name: str) -> str:
        return f"{self.base_url}/tags/{quote(name)}"

    def tagged_by(self, account: Account, name: str) -> str:
        """What one person wrote with the tag."""
        return f"{self.base_url}/@{account.acct}/tagged/{quote(name)}"

    def _proxied(self, what: str, variant: str, remote_url: str) -> str:
        return f"{self.base_url}/media/proxy/{what}/{variant}?v={version_of(remote_url)}"
