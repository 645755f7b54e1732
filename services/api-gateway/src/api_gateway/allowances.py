"""How much is allowed of everything: told in the instance entity and checked where it matters."""

from typing import Final

from mastoapi.entities.instance import AccountLimits, MediaLimits, PollLimits, StatusLimits
from social.media.model import LONGEST_DESCRIPTION
from social.statuses.text import CHARACTERS_PER_URL

MOST_FIELD_CHARACTERS: Final = 255

ACCOUNTS: Final = AccountLimits(
    max_display_name_length=40,
    max_note_length=500,
    max_avatar_description_length=150,
    max_header_description_length=150,
    max_featured_tags=10,
    max_pinned_statuses=5,
    max_profile_fields=4,
    profile_field_name_limit=MOST_FIELD_CHARACTERS,
    profile_field_value_limit=MOST_FIELD_CHARACTERS,
)
STATUSES: Final = StatusLimits(
    max_characters=500, max_media_attachments=4, characters_reserved_per_url=CHARACTERS_PER_URL
)
# What the media service opens; films come with a later version, and their figures are Mastodon's.
MEDIA: Final = MediaLimits(
    supported_mime_types=[
        "image/jpeg",
        "image/png",
        "image/gif",
        "image/heic",
        "image/heif",
        "image/webp",
        "image/avif",
    ],
    description_limit=LONGEST_DESCRIPTION,
    image_size_limit=16 * 1024 * 1024,
    image_matrix_limit=7680 * 4320,
    video_size_limit=99 * 1024 * 1024,
    video_frame_rate_limit=120,
    video_matrix_limit=3840 * 2160,
)
POLLS: Final = PollLimits(max_options=4, max_characters_per_option=50, min_expiration=300, max_expiration=2_629_746)
