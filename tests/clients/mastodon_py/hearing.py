"""Notifications, one by one and grouped; whose are heard; and telephones that are told."""

from typing import Any

from clients.mastodon_py.stage import Stage, eventually


def _told(person: Any, kind: str, of: Any) -> Any:
    """The notification of this kind about this post, when it is there."""
    return eventually(lambda: next((n for n in person.notifications(types=[kind]) if n.status.id == of.id), None))


def notifications_are_read_and_dismissed(stage: Stage) -> None:
    ada, ben = stage.person("ada"), stage.person("ben")
    posted = ada.status_post("Tell me")
    ben.status_favourite(posted)
    ben.status_reblog(posted)
    liked = _told(ada, "favourite", posted)
    assert ada.notifications(id=liked.id).account.username == "ben"
    assert ada.notifications_unread_count().count >= 1
    ada.notifications_dismiss(_told(ada, "reblog", posted))
    assert "reblog" not in [n.type for n in ada.notifications(types=["reblog"]) if n.status.id == posted.id]
    ada.notifications_clear()
    assert ada.notifications() == []


def likes_come_as_one_group(stage: Stage) -> None:
    ada, ben, cleo = stage.person("ada"), stage.person("ben"), stage.person("cleo")
    posted = ada.status_post("Everybody")
    ben.status_favourite(posted)
    cleo.status_favourite(posted)

    def both() -> Any:
        groups = ada.grouped_notifications(types=["favourite"]).notification_groups
        return next((g for g in groups if g.status_id == posted.id and g.notifications_count == 2), None)

    group = eventually(both)
    assert ada.grouped_notification(group.group_key).notification_groups[0].notifications_count == 2
    people = {account.username for account in ada.grouped_notification_accounts(group.group_key)}
    assert people == {"ben", "cleo"}
    assert ada.unread_grouped_notifications_count() >= 1
    ada.dismiss_grouped_notification(group.group_key)
    assert not both()


def strangers_ask_to_be_heard(stage: Stage) -> None:
    ada, ben, cleo = stage.person("ada"), stage.person("ben"), stage.person("cleo")
    assert ada.update_notifications_policy(for_not_following="filter").for_not_following == "filter"
    assert ada.notifications_policy().for_not_following == "filter"

    def asks(person: Any, text: str) -> Any:
        person.status_post(f"@ada {text}")
        name = person.me().username
        return eventually(lambda: next((r for r in ada.notification_requests() if r.account.username == name), None))

    request = asks(ben, "Hear me")
    assert ada.notification_request(request).account.username == "ben"
    ada.accept_notification_request(request)
    ada.dismiss_notification_request(asks(cleo, "And me"))
    ada.dismiss_multiple_notification_requests([asks(cleo, "Me, too")])
    dora = stage.person("dora")
    ada.accept_multiple_notification_requests([asks(dora, "Hello?")])
    assert eventually(ada.notifications_merged)
    assert eventually(lambda: [n for n in ada.notifications() if n.account.username == "dora"])
    ada.update_notifications_policy(for_not_following="accept")


def a_telephone_is_registered(stage: Stage) -> None:
    ada = stage.person("ada")
    private, public = ada.push_subscription_generate_keys()
    assert private["auth"] == public["auth"]
    made = ada.push_subscription_set("https://push.example/ada", public, favourite_events=True, policy="followed")
    assert (made.endpoint, made.alerts.favourite, made.alerts.mention) == ("https://push.example/ada", True, False)
    assert made.server_key
    assert ada.push_subscription_update(mention_events=True).alerts.mention
    assert ada.push_subscription().policy == "all"
    ada.push_subscription_delete()
