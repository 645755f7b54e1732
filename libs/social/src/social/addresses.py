"""The addresses of what is ours. Ids are numeric, so a username can never be inherited."""

import msgspec

from apcore import jsonld
from contracts.ids import AccountId, QuoteId, StatusId, Uri


class Home(msgspec.Struct, frozen=True):
    """What the addresses of an author's posts begin with: their ids follow."""

    uri: str
    url: str


class Addresses:
    """Builds URIs below the server's own address, e.g. `https://social.example`."""

    def __init__(self, url: str, domain: str) -> None:
        self.url = url.rstrip("/")
        self.domain = domain
        self._host = jsonld.host_of(self.url)

    @property
    def instance_actor(self) -> Uri:
        return Uri(f"{self.url}/actor")

    @property
    def shared_inbox(self) -> str:
        return f"{self.url}/inbox"

    @property
    def interaction(self) -> str:
        """A page that says how to follow, read or answer what lives elsewhere from here."""
        return f"{self.url}/authorize_interaction"

    def account(self, account_id: AccountId) -> Uri:
        return Uri(f"{self.url}/ap/users/{account_id}")

    def followers_synchronization(self, account_id: AccountId) -> str:
        """Where a server reads which of its people follow the account."""
        return f"{self.account(account_id)}/followers_synchronization"

    def home(self, account_id: AccountId, username: str) -> Home:
        return Home(f"{self.account(account_id)}/statuses/", f"{self.profile_page(username)}/")

    def status(self, account_id: AccountId, status_id: StatusId) -> Uri:
        return Uri(f"{self.account(account_id)}/statuses/{status_id}")

    def boost(self, account_id: AccountId, status_id: StatusId) -> Uri:
        """A boost's identity is its Announce."""
        return Uri(f"{self.status(account_id, status_id)}/activity")

    def profile_page(self, username: str) -> str:
        return f"{self.url}/@{username}"

    def status_page(self, username: str, status_id: StatusId) -> str:
        return f"{self.url}/@{username}/{status_id}"

    def quote_authorization(self, account_id: AccountId, quote_id: QuoteId) -> Uri:
        """Where the quoted account's consent to a quote can be read."""
        return Uri(f"{self.account(account_id)}/quote_authorizations/{quote_id}")

    def featured_tags(self, account_id: AccountId) -> str:
        """The hashtags on the profile."""
        return f"{self.account(account_id)}/collections/tags"

    def tag_page(self, name: str) -> str:
        return f"{self.url}/tags/{name}"

    def conversation(self, conversation_id: int) -> Uri:
        return Uri(f"{self.url}/ap/contexts/{conversation_id}")

    def file(self, key: str) -> str:
        """A file in our storage, wherever that is: media serves it or sends the reader on."""
        return f"{self.url}/media/{key}"

    def emoji(self, emoji_id: int) -> Uri:
        return Uri(f"{self.url}/emojis/{emoji_id}")

    def report(self, report_id: int) -> Uri:
        return Uri(f"{self.url}/ap/reports/{report_id}")

    def is_ours(self, uri: str) -> bool:
        """Whether it lies on our host, however that is spelled: nobody else has anything there."""
        return jsonld.host_of(uri) == self._host
