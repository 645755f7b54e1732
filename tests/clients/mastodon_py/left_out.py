"""The methods of Mastodon.py that nobody calls here, each with its reason."""

LATER = "it is answered by a later version of ours"
REMOVED = "Mastodon has removed what it asks for"

ASKS_NOBODY = "it asks no server"

NOT_CALLED = {
    "annual_report": LATER,
    "annual_report_generate": LATER,
    "annual_report_read": LATER,
    "annual_report_state": LATER,
    "annual_reports": LATER,
    "account_collections": LATER,
    "account_in_collections": LATER,
    "collection": LATER,
    "collection_create": LATER,
    "collection_delete": LATER,
    "collection_item_add": LATER,
    "collection_item_delete": LATER,
    "collection_item_revoke": LATER,
    "collection_update": LATER,
    "email_resend_confirmation": "no mail is sent yet",
    "follows": REMOVED,
    "reports": REMOVED,
    "get_approx_server_time": "it asks for the front page, which comes with the public pages",
    "search_v1": REMOVED,
    "status_card": REMOVED,
    "decode_blurhash": ASKS_NOBODY,
    "get_status_length": ASKS_NOBODY,
    "push_subscription_decrypt_push": ASKS_NOBODY,
}

ADMIN = "the API for administrators comes later"


def reason(method: str) -> str | None:
    return ADMIN if method.startswith("admin_") else NOT_CALLED.get(method)
