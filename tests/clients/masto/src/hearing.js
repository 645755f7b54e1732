/** Notifications, one by one and grouped; whose are heard; and telephones that are told. */

import assert from "node:assert/strict";
import { createECDH, randomBytes } from "node:crypto";
import { eventually, missing } from "./stage.js";

export const hearing = {
  async notifications_are_read_and_dismissed(stage) {
    const { notifications, statuses } = stage.person("mia").v1;
    const { id } = await statuses.create({ status: "Tell me" });
    await stage.person("moe").v1.statuses.$select(id).favourite();
    const find = async () => (await notifications.list({ types: ["favourite"] })).find((n) => n.status.id === id);
    const told = await eventually(find);
    assert.equal((await notifications.$select(told.id).fetch()).account.username, "moe");
    assert.ok((await notifications.fetch({ types: ["favourite"] })).length >= 1);
    assert.ok((await notifications.unreadCount.fetch()).count >= 1);
    await notifications.$select(told.id).dismiss();
    assert.equal(await find(), undefined);
    await notifications.clear();
    assert.deepEqual(await notifications.list(), []);
  },

  async likes_come_as_one_group(stage) {
    const { v1, v2 } = stage.person("mia");
    const { id } = await v1.statuses.create({ status: "Everybody" });
    for (const name of ["moe", "max"]) {
      await stage.person(name).v1.statuses.$select(id).favourite();
    }
    const find = async () => {
      const { notificationGroups } = await v2.notifications.list({ types: ["favourite"] });
      return notificationGroups.find((group) => group.statusId === id && group.notificationsCount === 2);
    };
    const { groupKey } = await eventually(find);
    const group = () => v2.notifications.$select(groupKey);
    assert.equal((await group().fetch()).notificationGroups[0].notificationsCount, 2);
    assert.equal((await group().accounts.fetch()).length, 2);
    assert.ok((await v2.notifications.unreadCount.fetch()).count >= 1);
    await group().dismiss();
    assert.equal(await find(), undefined);
  },

  async strangers_ask_to_be_heard(stage) {
    const { v1, v2 } = stage.person("mia");
    assert.equal((await v2.notifications.policy.update({ forNotFollowing: "filter" })).forNotFollowing, "filter");
    assert.equal((await v2.notifications.policy.fetch()).forNotFollowing, "filter");
    const { requests } = v1.notifications;
    const asks = async (name) => {
      await stage.person(name).v1.statuses.create({ status: "@mia Hear me" });
      return eventually(async () => (await requests.list()).find((each) => each.account.username === name));
    };
    const { id } = await asks("moe");
    assert.equal((await requests.$select(id).fetch()).account.username, "moe");
    await requests.$select(id).dismiss();
    await requests.dismiss({ id: [(await asks("moe")).id] });
    await requests.$select((await asks("moe")).id).accept();
    await requests.accept({ id: [(await asks("max")).id] });
    await eventually(async () => (await requests.merged.fetch()).merged);
    await v2.notifications.policy.update({ forNotFollowing: "accept" });
  },

  async a_telephone_is_registered(stage) {
    const { subscription } = stage.person("mia").v1.push;
    const keys = { p256dh: createECDH("prime256v1").generateKeys("base64url"), auth: randomBytes(16).toString("base64url") };
    const asked = { endpoint: "https://push.example/mia", keys };
    const made = await subscription.create({ subscription: asked, data: { alerts: { mention: true } }, policy: "all" });
    assert.deepEqual([made.endpoint, made.alerts.mention], [asked.endpoint, true]);
    assert.equal((await subscription.update({ data: { alerts: { favourite: true } } })).alerts.favourite, true);
    assert.equal((await subscription.fetch()).serverKey, made.serverKey);
    await subscription.remove();
    await assert.rejects(subscription.fetch(), missing);
  },
};
