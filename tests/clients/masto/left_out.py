"""The methods of masto that nobody calls here, each with its reason."""

REMOVED = "Mastodon has removed what it asks for"
ELSEWHERE = "masto asks for an address that no Mastodon has"

NOT_CALLED = {
    "streaming.prepare": "it is of masto's own workings",
    "v1.announcements.$select.addReaction": ELSEWHERE,
    "v1.announcements.$select.removeReaction": ELSEWHERE,
    "v1.emails.confirmations.create": "no mail is sent yet",
    "v1.search.list": REMOVED,
    "v1.statuses.$select.card.fetch": REMOVED,
    "v1.timelines.direct.list": REMOVED,
}

ADMIN = "the API for administrators comes later"


def reason(method: str) -> str | None:
    return ADMIN if method.startswith("v1.admin.") else NOT_CALLED.get(method)
