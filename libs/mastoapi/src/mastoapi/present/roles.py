"""The four roles as Mastodon's clients know them: with an id, a colour and a bitmask of permissions."""

from typing import Final

from mastoapi.entities.accounts import AccountRole, Role
from social.users.model import Role as RoleName

# Mastodon's bits: view dashboard, reports, federation, settings, blocks, audit log, users; invite; and so on.
ADMINISTRATOR: Final = 1 << 0
INVITE_USERS: Final = 1 << 16
MODERATION: Final = (1 << 3) | (1 << 2) | (1 << 4) | (1 << 10) | (1 << 8) | (1 << 9)
ADMINISTRATION: Final = MODERATION | (1 << 5) | (1 << 6) | (1 << 7) | (1 << 11) | (1 << 12) | (1 << 17)

PERMISSIONS: Final = {
    RoleName.USER: INVITE_USERS,
    RoleName.MODERATOR: INVITE_USERS | MODERATION,
    RoleName.ADMIN: INVITE_USERS | ADMINISTRATION,
    RoleName.OWNER: ADMINISTRATOR,
}
IDS: Final = {RoleName.USER: "-99", RoleName.MODERATOR: "1", RoleName.ADMIN: "2", RoleName.OWNER: "3"}


def own_role(role: RoleName) -> Role:
    is_plain = role is RoleName.USER
    return Role(
        id=IDS[role],
        name="" if is_plain else role.value,
        color="",
        permissions=str(PERMISSIONS[role]),
        highlighted=not is_plain,
        collection_limit=0,
    )


def shown_roles(name: str | None) -> list[AccountRole]:
    """What everybody sees beside the name of somebody who runs the server."""
    if name is None or name == RoleName.USER.value:
        return []
    return [AccountRole(id=IDS[RoleName(name)], name=name, color="")]
