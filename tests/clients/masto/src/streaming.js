/** All channels over one WebSocket. */

import assert from "node:assert/strict";
import { eventually, picture } from "./stage.js";

/** Keep the ids of the posts that a channel tells of. */
function listen(subscription) {
  const heard = new Set();
  (async () => {
    for await (const { event, payload } of subscription) {
      // What others edit or settle meanwhile is told as well.
      assert.ok(["update", "status.update", "notification", "conversation"].includes(event), event);
      heard.add((payload.status ?? payload.lastStatus ?? payload).id);
    }
  })();
  return heard;
}

export const streaming = {
  async channels_share_a_connection(stage) {
    const [mia, moe] = [stage.person("mia").v1, stage.person("moe").v1];
    const him = (await moe.accounts.verifyCredentials()).id;
    await mia.accounts.$select(him).follow();
    const list = (await mia.lists.create({ title: "Streamed" })).id;
    await mia.lists.$select(list).accounts.create({ accountIds: [him] });
    const client = stage.streaming("mia");
    const tag = "asithappens";
    const direct = listen(client.direct.subscribe());
    const elsewhere = [client.public.remote.subscribe(), client.public.remote.media.subscribe()].map(listen);
    const here = [
      client.user.subscribe(),
      client.user.notification.subscribe(),
      client.public.subscribe(),
      client.public.media.subscribe(),
      client.public.local.subscribe(),
      client.public.local.media.subscribe(),
      client.hashtag.subscribe({ tag }),
      client.hashtag.local.subscribe({ tag }),
      client.list.subscribe({ list }),
    ].map(listen);
    // They are subscribed in this order: where the last one hears something, all do.
    await eventually(async () => {
      await moe.statuses.create({ status: "Is anybody there?" });
      return here.at(-1).size > 0;
    });
    const file = (await stage.person("moe").v2.media.create({ file: picture() })).id;
    await eventually(async () => {
      const said = await moe.statuses.create({ status: `@mia Look #${tag}`, mediaIds: [file] }).catch(() => null);
      return said && eventually(() => here.every((heard) => heard.has(said.id)));
    });
    const whispered = await moe.statuses.create({ status: "@mia Between us", visibility: "direct" });
    await eventually(() => direct.has(whispered.id));
    assert.deepEqual(elsewhere.map((heard) => heard.size), [0, 0]);
    client.close();
    await mia.lists.$select(list).remove();
    await mia.accounts.$select(him).unfollow();
  },
};
