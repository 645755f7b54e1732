/** The control API: tests say what our actors shall do and read what became of it. Plain JSON. */

import * as acts from "./acts.js";
import { createActor } from "./federation.js";
import { answerJson, bodyOf } from "./web.js";

const { Refused } = acts;

const verbs = {
  follow: acts.follow,
  unfollow: acts.unfollow,
  accept: acts.acceptFollow,
  reject: acts.rejectFollow,
  post: acts.post,
  edit: acts.edit,
  delete: acts.remove,
  like: acts.like,
  unlike: acts.unlike,
  boost: acts.boost,
  unboost: acts.unboost,
  deliver: acts.deliver,
  lookup: async (ctx, me, { what }) => (await acts.lookUp(ctx, me, what)).toJsonLd(ctx),
};

/** GET /ready, /received?type=Follow, /failures, /requests, /actors/NAME. */
function read({ data, origin }, [page, name], query) {
  switch (page) {
    case "ready":
      return { origin };
    case "received":
      return received(data, query.get("type"));
    case "failures":
      return data.failures;
    case "requests":
      return data.requests;
    case "actors":
      return data.actors.get(name);
  }
}

function received(data, type) {
  return data.received
    .filter((entry) => type === null || entry.type === type)
    .map(({ activity: _, ...entry }) => entry);
}

/** POST /actors { name }, /actors/NAME/VERB { … }. */
async function write(ctx, [page, name, verb], input) {
  if (page !== "actors") return undefined;
  if (name === undefined) return introduce(ctx, input);
  const me = ctx.data.actors.get(name);
  return me && verbs[verb]?.(ctx, me, input);
}

async function introduce(ctx, { name, display_name, locked, aliases }) {
  if (!/^\w+$/.test(name ?? "")) throw new Refused("an actor needs a name of letters and digits");
  if (ctx.data.actors.has(name)) throw new Refused(`there is a ${name} already`);
  const me = await createActor(ctx, name, { displayName: display_name, locked, aliases });
  return {
    name,
    id: me.id,
    handle: `${name}@${ctx.host}`,
    inbox: ctx.getInboxUri(name).href,
    shared_inbox: ctx.getInboxUri().href,
  };
}

export function openControl(ctx) {
  return async (incoming, outgoing) => {
    const url = new URL(incoming.url, "http://control");
    const path = url.pathname.split("/").slice(1);
    try {
      const body = await bodyOf(incoming);
      const value =
        incoming.method === "GET"
          ? read(ctx, path, url.searchParams)
          : await write(ctx, path, body.length > 0 ? JSON.parse(body) : {});
      if (value === undefined) answerJson(outgoing, 404, { error: `nothing at ${url.pathname}` });
      else answerJson(outgoing, 200, value);
    } catch (error) {
      const status = error instanceof Refused ? 422 : 500;
      answerJson(outgoing, status, { error: status === 500 ? error.stack : error.message });
    }
  };
}
