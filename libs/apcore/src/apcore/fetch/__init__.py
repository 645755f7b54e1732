"""The guarded client: the only way to talk to hosts that strangers name."""

from apcore.fetch.client import Fetcher
from apcore.fetch.model import (
    Body,
    Document,
    FetchError,
    FetchFailed,
    FetchRefused,
    FetchSettings,
    Response,
    Signer,
)

__all__ = [
    "Body",
    "Document",
    "FetchError",
    "FetchFailed",
    "FetchRefused",
    "FetchSettings",
    "Fetcher",
    "Response",
    "Signer",
]
