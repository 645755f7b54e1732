"""Who may answer, favourite and boost a post, as its author wants it: read from GoToSocial's parameters. Pure."""

from typing import Final

import msgspec

from social.errors import ValidationFailed
from social.interactions.rules import AUTOMATIC, GROUPS, MANUAL, PUBLIC, Act, InteractionPolicy

SELF: Final = ("author", "me")
"""May do anything as it is; named alone, it means nobody else."""


class RuleWords(msgspec.Struct, frozen=True):
    """Who may at once. We ask nobody afterwards: `with_approval` is not offered."""

    always: list[str] = []
    automatic_approval: list[str] = []


class InteractionWords(msgspec.Struct, frozen=True):
    can_reply: RuleWords | None = None
    can_favourite: RuleWords | None = None
    can_reblog: RuleWords | None = None


def policy_in(asked: InteractionWords | None) -> InteractionPolicy | None:
    """None where everybody may do everything."""
    if asked is None:
        return None
    wanted = ((Act.REPLY, asked.can_reply), (Act.FAVOURITE, asked.can_favourite), (Act.REBLOG, asked.can_reblog))
    named = {act: _groups(rule) for act, rule in wanted if rule is not None}
    policy = {act.value: {AUTOMATIC: groups, MANUAL: []} for act, groups in named.items() if PUBLIC not in groups}
    return policy or None


def _groups(rule: RuleWords) -> list[str]:
    said = dict.fromkeys([*rule.always, *rule.automatic_approval])
    if any(who not in (*GROUPS, *SELF) for who in said):
        raise ValidationFailed("Interaction policy is not included in the list")
    return [who for who in said if who in GROUPS]
