/** Posts, what people do with them, and the timelines they appear in. */

import assert from "node:assert/strict";
import { eventually, ids, missing, picture } from "./stage.js";

const HOUR = 3_600_000;

export const statuses = {
  async a_post_is_written_edited_and_taken_back(stage) {
    const { accounts, media, statuses } = stage.person("mia").v1;
    const uploaded = await stage.person("mia").v2.media.create({ file: picture(), description: "Red" });
    assert.ok(uploaded.url);
    const old = await media.create({ file: picture(), description: "Red, too" });
    assert.equal((await media.$select(old.id).fetch()).description, "Red, too");
    assert.equal((await media.$select(old.id).update({ description: "Just red" })).description, "Just red");
    const fields = { spoilerText: "Paint", visibility: "unlisted", language: "en", sensitive: true };
    const posted = await statuses.create({ status: "Frist #paint", mediaIds: [uploaded.id], ...fields });
    assert.deepEqual([posted.spoilerText, posted.visibility, posted.tags[0].name], ["Paint", "unlisted", "paint"]);
    const mediaAttributes = [{ id: uploaded.id, description: "Very red" }];
    const edit = { status: "First #paint", spoilerText: "Paint", mediaIds: [uploaded.id], mediaAttributes };
    assert.equal((await statuses.$select(posted.id).update(edit)).mediaAttachments[0].description, "Very red");
    assert.equal((await statuses.$select(posted.id).source.fetch()).text, "First #paint");
    assert.equal((await statuses.$select(posted.id).history.list()).length, 2);
    assert.equal((await statuses.$select(posted.id).fetch()).uri, posted.uri);
    assert.deepEqual(ids(await statuses.fetch({ id: [posted.id] })), [posted.id]);
    assert.deepEqual(ids(await accounts.$select(posted.account.id).statuses.list({ onlyMedia: true })), [posted.id]);
    assert.equal((await statuses.$select(posted.id).remove()).text, "First #paint");
    await assert.rejects(statuses.$select(posted.id).fetch(), missing);
  },

  async a_thread_is_read(stage) {
    const [mia, moe] = [stage.person("mia").v1, stage.person("moe").v1];
    const asked = await mia.statuses.create({ status: "Who is there?" });
    const answer = await moe.statuses.create({ status: "@mia I am", inReplyToId: asked.id });
    assert.deepEqual(ids((await mia.statuses.$select(asked.id).context.fetch()).descendants), [answer.id]);
    assert.equal((await mia.statuses.$select(asked.id).mute()).muted, true);
    assert.equal((await mia.statuses.$select(asked.id).unmute()).muted, false);
  },

  async posts_are_liked_boosted_kept_and_pinned(stage) {
    const [mia, moe] = [stage.person("mia").v1, stage.person("moe").v1];
    const { id } = await mia.statuses.create({ status: "Like and share" });
    const [mine, his] = [() => mia.statuses.$select(id), () => moe.statuses.$select(id)];
    assert.equal((await his().favourite()).favouritesCount, 1);
    assert.equal((await mine().favouritedBy.list())[0].username, "moe");
    assert.ok(ids(await moe.favourites.list()).includes(id));
    assert.equal((await his().unfavourite()).favourited, false);
    assert.equal((await his().reblog({ visibility: "unlisted" })).reblog.id, id);
    assert.equal((await mine().rebloggedBy.list())[0].username, "moe");
    assert.equal((await his().unreblog()).reblogged, false);
    assert.equal((await his().bookmark()).bookmarked, true);
    assert.deepEqual(ids(await moe.bookmarks.list()), [id]);
    assert.equal((await his().unbookmark()).bookmarked, false);
    assert.equal((await mine().pin()).pinned, true);
    assert.equal((await mine().unpin()).pinned, false);
    await assert.rejects(mine().translate({ lang: "de" }), missing);
  },

  async a_poll_is_answered(stage) {
    const [mia, moe] = [stage.person("mia").v1, stage.person("moe").v1];
    const poll = { options: ["Oil", "Water"], expiresIn: 3600, multiple: true };
    const asked = (await mia.statuses.create({ status: "Which?", poll })).poll;
    assert.deepEqual((await moe.polls.$select(asked.id).votes.create({ choices: [1] })).ownVotes, [1]);
    const counted = async () => (await mia.polls.$select(asked.id).fetch()).options.map((option) => option.votesCount);
    await eventually(async () => (await counted()).join() === "0,1");
  },

  async a_post_is_planned(stage) {
    const { statuses, scheduledStatuses } = stage.person("mia").v1;
    const later = (hours) => new Date(Date.now() + hours * HOUR).toISOString();
    const planned = await statuses.create({ status: "Later", scheduledAt: later(1) });
    assert.equal(planned.params.text, "Later");
    assert.deepEqual(ids(await scheduledStatuses.list()), [planned.id]);
    const moved = await scheduledStatuses.$select(planned.id).update({ scheduledAt: later(2) });
    assert.equal((await scheduledStatuses.$select(planned.id).fetch()).scheduledAt, moved.scheduledAt);
    await scheduledStatuses.$select(planned.id).remove();
    assert.deepEqual(await scheduledStatuses.list(), []);
  },

  async timelines_show_what_belongs_there(stage) {
    const mia = stage.person("mia").v1;
    const { id } = await mia.statuses.create({ status: "Everywhere #everyplace" });
    const { home, public: everybody, tag, link } = mia.timelines;
    for (const look of [
      () => home.list({ limit: 5 }),
      () => everybody.list({ local: true }),
      () => tag.$select("everyplace").list(),
    ]) {
      await eventually(async () => ids(await look()).includes(id));
    }
    await assert.rejects(async () => link.list({ url: "https://news.example/nobody-talks-of-it" }), missing);
  },

  async pages_follow_each_other(stage) {
    const max = stage.person("max").v1;
    const posted = [];
    for (let number = 0; number < 5; number++) {
      posted.unshift((await max.statuses.create({ status: `Number ${number}` })).id);
    }
    const me = (await max.accounts.verifyCredentials()).id;
    const seen = [];
    for await (const page of max.accounts.$select(me).statuses.list({ limit: 2 })) {
      seen.push(...ids(page));
    }
    assert.deepEqual(seen.slice(0, 5), posted);
  },
};
