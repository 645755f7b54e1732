/** Lists, filters, hashtags, conversations and search: what people make of the stream. */

import assert from "node:assert/strict";
import { eventually, ids, missing } from "./stage.js";

export const curation = {
  async a_list_is_kept(stage) {
    const mia = stage.person("mia").v1;
    const moe = (await mia.accounts.lookup({ acct: "moe" })).id;
    await mia.accounts.$select(moe).follow();
    const { id } = await mia.lists.create({ title: "Painters", exclusive: true });
    await mia.lists.$select(id).accounts.create({ accountIds: [moe] });
    assert.deepEqual(ids(await mia.lists.$select(id).accounts.list()), [moe]);
    assert.deepEqual(ids(await mia.accounts.$select(moe).lists.list()), [id]);
    const said = await stage.person("moe").v1.statuses.create({ status: "For the list" });
    await eventually(async () => ids(await mia.timelines.list.$select(id).list()).includes(said.id));
    assert.equal((await mia.lists.$select(id).update({ title: "Sculptors" })).title, "Sculptors");
    assert.equal((await mia.lists.$select(id).fetch()).title, "Sculptors");
    await mia.lists.$select(id).accounts.remove({ accountIds: [moe] });
    await mia.lists.$select(id).remove();
    assert.deepEqual(await mia.lists.list(), []);
    await mia.accounts.$select(moe).unfollow();
  },

  async a_filter_hides_words_and_posts(stage) {
    const { v1, v2 } = stage.person("mia");
    const wanted = { title: "Spoilers", context: ["public"], filterAction: "warn" };
    const keywordsAttributes = [{ keyword: "finale", wholeWord: true }];
    const { id } = await v2.filters.create({ ...wanted, keywordsAttributes });
    const added = await v2.filters.$select(id).keywords.create({ keyword: "ending" });
    assert.equal((await v2.filters.$select(id).keywords.list()).length, 2);
    const said = await stage.person("moe").v1.statuses.create({ status: "What an ending!" });
    const [result] = (await v1.statuses.$select(said.id).fetch()).filtered;
    assert.deepEqual(result.keywordMatches, ["ending"]);
    const keyword = () => v2.filters.keywords.$select(added.id);
    assert.equal((await keyword().update({ keyword: "end" })).keyword, "end");
    assert.equal((await keyword().fetch()).keyword, "end");
    await keyword().remove();
    const hidden = await v2.filters.$select(id).statuses.create({ statusId: said.id });
    assert.deepEqual(ids(await v2.filters.$select(id).statuses.list()), [hidden.id]);
    assert.equal((await v2.filters.statuses.$select(hidden.id).fetch()).statusId, said.id);
    await v2.filters.statuses.$select(hidden.id).remove();
    assert.equal((await v2.filters.$select(id).update({ title: "None", filterAction: "hide" })).filterAction, "hide");
    assert.equal((await v2.filters.$select(id).fetch()).title, "None");
    assert.deepEqual(ids(await v2.filters.list()), [id]);
    await v2.filters.$select(id).remove();
    await assert.rejects(v2.filters.$select(id).fetch(), missing);
  },

  async an_old_filter_hides_a_phrase(stage) {
    const { filters } = stage.person("mia").v1;
    const { id } = await filters.create({ phrase: "cold soup", context: ["home"], wholeWord: true });
    assert.equal((await filters.$select(id).update({ phrase: "hot soup", context: ["home"] })).phrase, "hot soup");
    assert.equal((await filters.$select(id).fetch()).phrase, "hot soup");
    assert.deepEqual(ids(await filters.list()), [id]);
    await filters.$select(id).remove();
    assert.deepEqual(await filters.list(), []);
  },

  async hashtags_are_followed_and_featured(stage) {
    const { accounts, featuredTags, followedTags, statuses, tags } = stage.person("mia").v1;
    const names = (found) => found.map((tag) => tag.name);
    assert.equal((await tags.$select("brushes").follow()).following, true);
    assert.deepEqual(names(await followedTags.list()), ["brushes"]);
    assert.equal((await tags.$select("brushes").fetch()).following, true);
    assert.equal((await tags.$select("brushes").unfollow()).following, false);
    const said = await statuses.create({ status: "My #brushes and #easels" });
    assert.ok(names(await featuredTags.suggestions.list()).includes("easels"));
    const { id } = await featuredTags.create({ name: "brushes" });
    assert.deepEqual(names(await featuredTags.list()), ["brushes"]);
    assert.deepEqual(names(await accounts.$select(said.account.id).featuredTags.list()), ["brushes"]);
    await featuredTags.$select(id).remove();
    assert.deepEqual(await featuredTags.list(), []);
  },

  async a_conversation_is_read(stage) {
    const { accounts, conversations } = stage.person("mia").v1;
    // What strangers whisper is filtered, unless one says otherwise.
    const him = (await accounts.lookup({ acct: "moe" })).id;
    await accounts.$select(him).follow();
    const said = await stage.person("moe").v1.statuses.create({ status: "@mia Between us", visibility: "direct" });
    const find = async () => (await conversations.list()).find((each) => each.lastStatus.id === said.id);
    const { id } = await eventually(find);
    assert.equal((await conversations.$select(id).read()).unread, false);
    assert.equal((await conversations.$select(id).unread()).unread, true);
    await conversations.$select(id).remove();
    assert.equal(await find(), undefined);
    await accounts.$select(him).unfollow();
  },

  async a_place_in_the_timeline_is_remembered(stage) {
    const { markers, statuses } = stage.person("mia").v1;
    const read = await statuses.create({ status: "Up to here" });
    await markers.create({ home: { lastReadId: read.id } });
    assert.equal((await markers.fetch({ timeline: ["home"] })).home.lastReadId, read.id);
  },

  async things_are_searched_for(stage) {
    const { v1, v2 } = stage.person("mia");
    const said = await v1.statuses.create({ status: "The #gouache dries quickly" });
    const find = async () => ids((await v2.search.list({ q: "dries from:me", type: "statuses" })).statuses);
    await eventually(async () => (await find()).includes(said.id));
    assert.equal((await v2.search.list({ q: "@moe", type: "accounts" })).accounts[0].username, "moe");
    assert.equal((await v2.search.list({ q: "#gouache", type: "hashtags" })).hashtags[0].name, "gouache");
  },

  async what_many_speak_of_goes_round(stage) {
    const { trends } = stage.person("mia").v1;
    assert.ok((await trends.tags.list({ limit: 5 })).every((tag) => tag.name));
    assert.ok((await trends.statuses.list()).every((status) => status.visibility === "public"));
    assert.ok((await trends.links.list()).every((card) => card.url));
  },
};
