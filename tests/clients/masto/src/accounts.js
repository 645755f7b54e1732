/** Profiles, and who is what to whom. */

import assert from "node:assert/strict";
import { eventually, ids, missing, picture } from "./stage.js";

async function everybody(stage) {
  const people = ["mia", "moe", "max"].map((name) => stage.person(name).v1);
  return [people, ids(await Promise.all(people.map((person) => person.accounts.verifyCredentials())))];
}

export const accounts = {
  async people_are_looked_up(stage) {
    const [[mia], [me, moe]] = await everybody(stage);
    assert.equal((await mia.accounts.$select(moe).fetch()).username, "moe");
    assert.deepEqual(ids(await mia.accounts.fetch({ id: [me, moe] })), [me, moe]);
    assert.equal((await mia.accounts.lookup({ acct: "moe" })).id, moe);
    assert.ok(ids(await mia.accounts.search.list({ q: "moe" })).includes(moe));
    assert.equal((await mia.accounts.relationships.fetch({ id: [moe] }))[0].following, false);
    await assert.rejects(mia.accounts.$select("1").fetch(), missing);
  },

  async a_profile_is_edited(stage) {
    const { accounts, profile, preferences } = stage.person("mia").v1;
    const changed = await accounts.updateCredentials({
      displayName: "Mia M.",
      note: "Paints",
      avatar: picture(),
      header: picture(),
      fieldsAttributes: [{ name: "Brush", value: "Fine" }],
      source: { privacy: "public", language: "en" },
      discoverable: true,
    });
    assert.deepEqual([changed.displayName, changed.source.note, changed.fields[0].value], ["Mia M.", "Paints", "Fine"]);
    assert.ok(!changed.avatar.includes("missing"));
    await profile.avatar.remove();
    await profile.header.remove();
    assert.ok((await accounts.verifyCredentials()).avatar.includes("missing"));
    assert.equal((await preferences.fetch())["posting:default:language"], "en");
  },

  async people_follow_and_part(stage) {
    const [[mia, moe, max], [me, moeId, maxId]] = await everybody(stage);
    const made = await mia.accounts.$select(moeId).follow({ reblogs: false, notify: true, languages: ["en"] });
    assert.deepEqual([made.following, made.notifying, made.showingReblogs, made.languages], [true, true, false, ["en"]]);
    await moe.accounts.$select(me).follow();
    await moe.accounts.$select(maxId).follow();
    assert.deepEqual(ids(await mia.accounts.$select(me).following.list({ limit: 5 })), [moeId]);
    assert.deepEqual(ids(await mia.accounts.$select(me).followers.list()), [moeId]);
    const [known] = await mia.accounts.familiarFollowers.fetch({ id: [maxId] });
    assert.deepEqual(ids(known.accounts), [moeId]);
    assert.equal((await max.accounts.$select(moeId).removeFromFollowers()).followedBy, false);
    assert.equal((await moe.accounts.$select(me).unfollow()).following, false);
    assert.equal((await mia.accounts.$select(moeId).unfollow()).following, false);
  },

  async who_is_locked_decides_who_follows(stage) {
    const [[mia, moe, max], [me, moeId, maxId]] = await everybody(stage);
    await max.accounts.updateCredentials({ locked: true });
    assert.equal((await mia.accounts.$select(maxId).follow()).requested, true);
    assert.equal((await moe.accounts.$select(maxId).follow()).requested, true);
    await eventually(async () => (await max.followRequests.list()).length === 2);
    assert.equal((await max.followRequests.$select(me).authorize()).followedBy, true);
    assert.equal((await max.followRequests.$select(moeId).reject()).followedBy, false);
    await max.accounts.updateCredentials({ locked: false });
    await mia.accounts.$select(maxId).unfollow();
  },

  async people_and_servers_are_kept_away(stage) {
    const [[mia], [, moe]] = await everybody(stage);
    const him = mia.accounts.$select(moe);
    assert.equal((await him.mute({ notifications: false, duration: 3600 })).mutingNotifications, false);
    assert.deepEqual(ids(await mia.mutes.list()), [moe]);
    assert.equal((await mia.accounts.$select(moe).unmute()).muting, false);
    assert.equal((await mia.accounts.$select(moe).block()).blocking, true);
    assert.deepEqual(ids(await mia.blocks.list()), [moe]);
    assert.equal((await mia.accounts.$select(moe).unblock()).blocking, false);
    await mia.domainBlocks.create({ domain: "noise.example" });
    assert.deepEqual(await mia.domainBlocks.list(), ["noise.example"]);
    await mia.domainBlocks.remove({ domain: "noise.example" });
    assert.deepEqual(await mia.domainBlocks.list(), []);
  },

  async people_are_noted_and_endorsed(stage) {
    const [[mia], [, moe]] = await everybody(stage);
    assert.equal((await mia.accounts.$select(moe).note.create({ comment: "Sculpts" })).note, "Sculpts");
    await mia.accounts.$select(moe).follow();
    assert.equal((await mia.accounts.$select(moe).pin()).endorsed, true);
    assert.deepEqual(ids(await mia.endorsements.list()), [moe]);
    assert.equal((await mia.accounts.$select(moe).unpin()).endorsed, false);
    assert.deepEqual(await mia.accounts.$select(moe).identityProofs.list(), []);
    await mia.accounts.$select(moe).unfollow();
  },

  async people_are_found_and_suggested(stage) {
    const [[mia, moe], [, him]] = await everybody(stage);
    await moe.accounts.updateCredentials({ discoverable: true });
    await eventually(async () => ids(await mia.directory.list({ order: "new", local: true })).includes(him));
    const suggested = async () => ids((await stage.person("mia").v2.suggestions.list()).map((each) => each.account));
    await eventually(async () => (await suggested()).includes(him));
    assert.ok(ids(await mia.suggestions.list()).includes(him));
    await mia.suggestions.$select(him).remove();
    assert.ok(!(await suggested()).includes(him));
  },

  async somebody_is_reported(stage) {
    const [[mia, moe], [, him]] = await everybody(stage);
    const posted = await moe.statuses.create({ status: "Buy my statues" });
    const complaint = { accountId: him, statusIds: [posted.id], comment: "Again", category: "spam" };
    const report = await mia.reports.create(complaint);
    assert.deepEqual([report.targetAccount.id, report.category, report.statusIds], [him, "spam", [posted.id]]);
  },
};
