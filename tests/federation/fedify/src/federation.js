/** The federated face: what Fedify serves for us, and where it hands what it received. */

import {
  createFederation,
  generateCryptoKeyPair,
  InProcessMessageQueue,
  MemoryKvStore,
} from "@fedify/fedify";
import { Activity, Note, QuoteAuthorization } from "@fedify/vocab";
import { receive } from "./inbox.js";
import { renderActor, renderCreate, renderNote, renderStamp } from "./objects.js";
import { LocalActor } from "./state.js";

const PAGE = 20;
const INSTANCE = "instance"; // signs what no person of ours asks for

export async function createActor(ctx, name, fields = {}) {
  const keyPairs = [
    await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"),
    await generateCryptoKeyPair("Ed25519"),
  ];
  const actor = new LocalActor({ ...fields, name, keyPairs, id: ctx.getActorUri(name).href });
  ctx.data.actors.set(name, actor);
  return actor;
}

export async function openFederation(origin, state) {
  const federation = createFederation({
    origin,
    kv: new MemoryKvStore(),
    // One queue each, so that a slow host we deliver to does not hold up what we receive.
    queue: {
      inbox: new InProcessMessageQueue(),
      outbox: new InProcessMessageQueue(),
      fanout: new InProcessMessageQueue(),
    },
    allowPrivateAddress: true,
    onOutboxError: (error, activity) =>
      state.failures.push({ activity: activity?.id?.href ?? null, error: String(error) }),
  });
  serveActors(federation);
  serveCollections(federation);
  serveNotes(federation);
  federation
    .setInboxListeners("/users/{identifier}/inbox", "/inbox")
    .on(Activity, receive)
    .onError((_ctx, error) => console.error(error))
    .setSharedKeyDispatcher(() => ({ identifier: INSTANCE }));
  await createActor(federation.createContext(new URL(origin), state), INSTANCE, { isService: true });
  return federation;
}

function serveActors(federation) {
  federation
    .setActorDispatcher("/users/{identifier}", (ctx, name) => {
      const me = ctx.data.actors.get(name);
      return me ? renderActor(ctx, me) : null;
    })
    .mapHandle((ctx, name) => (ctx.data.actors.has(name) ? name : null))
    .setKeyPairsDispatcher((ctx, name) => ctx.data.actors.get(name)?.keyPairs ?? []);
  federation.setNodeInfoDispatcher("/nodeinfo/2.1", ({ data }) => ({
    software: { name: "fedify-peer", version: "1.0.0" },
    protocols: ["activitypub"],
    usage: {
      users: { total: data.actors.size },
      localPosts: sum(data, (actor) => actor.notes.size),
      localComments: 0,
    },
  }));
}

function sum(state, measure) {
  return [...state.actors.values()].reduce((total, actor) => total + measure(actor), 0);
}

function serveCollections(federation) {
  federation
    .setOutboxDispatcher("/users/{identifier}/outbox", (ctx, name, cursor) => {
      const me = ctx.data.actors.get(name);
      if (!me) return null;
      const [activities, start] = [said(ctx, me), Number(cursor ?? 0)];
      const next = start + PAGE < activities.length ? String(start + PAGE) : null;
      return { items: activities.slice(start, start + PAGE), nextCursor: next };
    })
    .setFirstCursor(() => "0")
    .setCounter((ctx, name) => said(ctx, ctx.data.actors.get(name)).length);
  federation
    .setFollowersDispatcher("/users/{identifier}/followers", (ctx, name, _cursor, base) => {
      const me = ctx.data.actors.get(name);
      if (!me) return null;
      const all = [...me.followers.values()].map(({ actor }) => actor);
      return { items: base ? all.filter(({ id }) => id.origin === base.origin) : all };
    })
    .setCounter((ctx, name) => ctx.data.actors.get(name)?.followers.size ?? null);
  federation
    .setFollowingDispatcher("/users/{identifier}/following", (ctx, name) => {
      const me = ctx.data.actors.get(name);
      if (!me) return null;
      const accepted = [...me.following].filter(([, { state }]) => state === "accepted");
      return { items: accepted.map(([uri]) => new URL(uri)) };
    })
    .setCounter((ctx, name) => {
      const states = [...(ctx.data.actors.get(name)?.following.values() ?? [])];
      return states.filter(({ state }) => state === "accepted").length;
    });
}

/** What an actor said to everyone, newest first. */
function said(ctx, me) {
  const open = (note) => isOpen(note) && !note.deleted;
  const notes = [...me.notes.values()].filter(open).map((note) => renderCreate(ctx, note));
  const boosts = [...me.boosts.values()].map(({ activity }) => activity);
  return [...notes, ...boosts].sort((a, b) =>
    Number(b.published.epochMilliseconds - a.published.epochMilliseconds),
  );
}

const isOpen = ({ visibility }) => visibility === "public" || visibility === "unlisted";

function serveNotes(federation) {
  federation
    .setObjectDispatcher(Note, "/notes/{key}", (ctx, { key }) => {
      const note = ctx.data.noteWithKey(key);
      return note && !note.deleted ? renderNote(ctx, note) : null;
    })
    .authorize((ctx, { key }) => mayRead(ctx, ctx.data.noteWithKey(key)));
  federation.setObjectDispatcher(QuoteAuthorization, "/stamps/{key}", (ctx, { key }) => {
    const stamp = ctx.data.stamps.get(key);
    return stamp ? renderStamp(ctx, key, stamp) : null;
  });
}

/** A server may read what is addressed to one of its people; it may ask as its own actor. */
async function mayRead(ctx, note) {
  if (isOpen(note)) return true;
  const asker = await ctx.getSignedKeyOwner({
    documentLoader: await ctx.getDocumentLoader({ identifier: INSTANCE }),
  });
  if (!asker) return false;
  const me = ctx.data.actors.get(note.author);
  const followers = note.visibility === "private" ? [...me.followers.values()] : [];
  const readers = [...note.mentions, ...followers.map(({ actor }) => actor)];
  return readers.some(({ id }) => id.host === asker.id.host);
}
