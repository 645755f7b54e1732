/** What our actors do: each act changes our state and tells the servers concerned. */

import { signRequest } from "@fedify/fedify";
import {
  Accept,
  Announce,
  Delete,
  Follow,
  isActor,
  Like,
  Note,
  PUBLIC_COLLECTION,
  QuoteRequest,
  Reject,
  Tombstone,
  Undo,
  Update,
} from "@fedify/vocab";
import { audience, instant, renderCreate, renderNote } from "./objects.js";
import { OwnNote } from "./state.js";

/** The caller asked for something that cannot be done. */
export class Refused extends Error {}

const fresh = (base, kind) => new URL(`#${kind}/${crypto.randomUUID()}`, base);

function must(value, complaint) {
  if (!value) throw new Refused(complaint);
  return value;
}

/** Fetch an object or an actor as `me`, by its address or its handle. */
export async function lookUp(ctx, me, what) {
  const documentLoader = await ctx.getDocumentLoader({ identifier: me.name });
  return must(await ctx.lookupObject(what, { documentLoader }), `nothing found at ${what}`);
}

async function lookUpActor(ctx, me, what) {
  const actor = await lookUp(ctx, me, what);
  must(isActor(actor) && actor.inboxId, `${what} is no actor with an inbox`);
  return actor;
}

async function lookUpPost(ctx, me, uri) {
  const post = await lookUp(ctx, me, uri);
  must(post.attributionId, `${uri} has no author`);
  return { post, author: await lookUpActor(ctx, me, post.attributionId.href) };
}

function tell(ctx, me, actors, activity, options = {}) {
  return ctx.sendActivity({ identifier: me.name }, actors, activity, options);
}

/** To the followers, where they are meant to know, and to those mentioned who are no followers. */
async function publish(ctx, me, note, activity) {
  const options = { preferSharedInbox: true, orderingKey: note.id };
  const toFollowers = note.visibility !== "direct";
  if (toFollowers) {
    const syncCollection = note.visibility === "private";
    await tell(ctx, me, "followers", activity, { ...options, syncCollection });
  }
  const others = note.mentions.filter(({ id }) => !toFollowers || !me.followers.has(id.href));
  if (others.length > 0) await tell(ctx, me, others, activity, options);
}

export async function follow(ctx, me, { handle }) {
  const actor = await lookUpActor(ctx, me, handle);
  const activity = new Follow({
    id: fresh(me.id, "follows"),
    actor: new URL(me.id),
    object: actor.id,
    to: actor.id,
  });
  me.following.set(actor.id.href, { actor, follow: activity, state: "requested" });
  await tell(ctx, me, actor, activity);
  return { id: activity.id.href, actor: actor.id.href };
}

export async function unfollow(ctx, me, { handle }) {
  const { id } = await lookUpActor(ctx, me, handle);
  const followed = must(me.following.get(id.href), `not following ${handle}`);
  me.following.delete(id.href);
  return undo(ctx, me, followed.follow, [followed.actor], { to: id });
}

export async function acceptFollow(ctx, me, { actor: uri }) {
  const asked = must(me.requests.get(uri), `${uri} did not ask to follow`);
  me.requests.delete(uri);
  me.followers.set(uri, asked);
  return answer(ctx, me, asked, new Accept({ id: fresh(me.id, "accepts"), ...about(me, asked) }));
}

/** Refuse who asked, or dismiss who follows already. */
export async function rejectFollow(ctx, me, { actor: uri }) {
  const known = me.requests.get(uri) ?? me.followers.get(uri);
  const asked = must(known, `${uri} neither follows nor asked to`);
  me.requests.delete(uri);
  me.followers.delete(uri);
  return answer(ctx, me, asked, new Reject({ id: fresh(me.id, "rejects"), ...about(me, asked) }));
}

const about = (me, { actor, follow }) => ({ actor: new URL(me.id), object: follow, to: actor.id });

async function answer(ctx, me, { actor }, activity) {
  await tell(ctx, me, actor, activity);
  return { id: activity.id.href };
}

/**
 * A reply mentions the author of what it replies to, asked or not; who is quoted is asked.
 * `quotable` lets everybody quote it.
 */
export async function post(ctx, me, asked) {
  const { content, mentions = [], in_reply_to, quote, quotable, visibility = "public" } = asked;
  const people = await Promise.all(mentions.map((handle) => lookUpActor(ctx, me, handle)));
  const parent = in_reply_to && (await lookUpPost(ctx, me, in_reply_to));
  if (parent) people.push(parent.author);
  const quoted = quote && (await lookUpPost(ctx, me, quote));
  const others = people.filter(({ id }) => id.href !== me.id);
  const key = crypto.randomUUID();
  const note = new OwnNote({
    key,
    id: ctx.getObjectUri(Note, { key }).href,
    author: me.name,
    content,
    visibility,
    inReplyTo: parent?.post.id,
    quote: quoted?.post.id,
    quotable,
    mentions: [...new Map(others.map((actor) => [actor.id.href, actor])).values()],
  });
  must(audience(ctx, note), `no such visibility: ${visibility}`);
  me.notes.set(note.id, note);
  await publish(ctx, me, note, renderCreate(ctx, note));
  if (quoted) await askToQuote(ctx, me, note, quoted.author);
  return note;
}

async function askToQuote(ctx, me, note, author) {
  const request = new QuoteRequest({
    id: fresh(me.id, "quotes"),
    actor: new URL(me.id),
    object: note.quote,
    instrument: renderNote(ctx, note),
    to: author.id,
  });
  note.request = request.id.href;
  await tell(ctx, me, author, request);
}

/** Whoever may quote everybody's is answered with a consent of their own. */
export async function answerQuote(ctx, me, asker, request, stamp) {
  const said = { actor: new URL(me.id), object: request, to: asker.id };
  const activity = stamp
    ? new Accept({ id: fresh(me.id, "accepts"), ...said, result: stamp })
    : new Reject({ id: fresh(me.id, "rejects"), ...said });
  await tell(ctx, me, asker, activity);
}

/** Our quote was agreed to: whoever has it shall see the consent. */
export async function showConsent(ctx, me, note, consent) {
  note.consent = consent;
  const activity = new Update({
    id: fresh(note.id, "updates"),
    actor: new URL(me.id),
    object: renderNote(ctx, note),
    ...audience(ctx, note),
  });
  await publish(ctx, me, note, activity);
}

export async function edit(ctx, me, { id, content }) {
  const note = must(me.notes.get(id), `${id} is no note of ${me.name}`);
  Object.assign(note, { content, updated: new Date() });
  const activity = new Update({
    id: fresh(note.id, "updates"),
    actor: new URL(me.id),
    object: renderNote(ctx, note),
    updated: instant(note.updated),
    ...audience(ctx, note),
  });
  await publish(ctx, me, note, activity);
  return note;
}

export async function remove(ctx, me, { id }) {
  const note = must(me.notes.get(id), `${id} is no note of ${me.name}`);
  note.deleted = true;
  const activity = new Delete({
    id: new URL("#delete", note.id),
    actor: new URL(me.id),
    object: new Tombstone({ id: new URL(note.id), deleted: instant(new Date()) }),
    ...audience(ctx, note),
  });
  await publish(ctx, me, note, activity);
  return note;
}

export async function like(ctx, me, { id }) {
  const { post, author } = await lookUpPost(ctx, me, id);
  const activity = new Like({
    id: fresh(me.id, "likes"),
    actor: new URL(me.id),
    object: post.id,
    to: author.id,
  });
  me.likes.set(post.id.href, { activity, author });
  await tell(ctx, me, author, activity);
  return { id: activity.id.href };
}

export async function unlike(ctx, me, { id }) {
  const { activity, author } = must(me.likes.get(id), `${me.name} does not like ${id}`);
  me.likes.delete(id);
  return undo(ctx, me, activity, [author], { to: author.id });
}

const toEveryone = (ctx, me, author) => ({
  tos: [PUBLIC_COLLECTION],
  ccs: [ctx.getFollowersUri(me.name), author.id],
});

/** Who hears of a boost: our followers and the author. */
const boostReaders = (me, author) => {
  const followers = [...me.followers.values()].map(({ actor }) => actor);
  return me.followers.has(author.id.href) ? followers : [...followers, author];
};

export async function boost(ctx, me, { id }) {
  const { post, author } = await lookUpPost(ctx, me, id);
  const activity = new Announce({
    id: fresh(me.id, "boosts"),
    actor: new URL(me.id),
    object: post.id,
    published: instant(new Date()),
    ...toEveryone(ctx, me, author),
  });
  me.boosts.set(post.id.href, { activity, author });
  await tell(ctx, me, boostReaders(me, author), activity, { preferSharedInbox: true });
  return { id: activity.id.href };
}

export async function unboost(ctx, me, { id }) {
  const { activity, author } = must(me.boosts.get(id), `${me.name} did not boost ${id}`);
  me.boosts.delete(id);
  return undo(ctx, me, activity, boostReaders(me, author), toEveryone(ctx, me, author));
}

async function undo(ctx, me, activity, readers, addressing) {
  const undoing = new Undo({
    id: fresh(me.id, "undos"),
    actor: new URL(me.id),
    object: activity,
    ...addressing,
  });
  await tell(ctx, me, readers, undoing, { preferSharedInbox: true });
  return { id: undoing.id.href };
}

/**
 * Post any JSON to any inbox with an HTTP signature alone, in one style, without Fedify's second try.
 * `signer` is "own"; "stranger", another key under our actor's key id; or "none".
 */
export async function deliver(ctx, me, { inbox, activity, signer = "own", spec, tampered = false }) {
  const [{ keyId, privateKey }] = await ctx.getActorKeyPairs(me.name);
  const stranger = ctx.data.actors.get("instance").keyPairs[0].privateKey;
  const key = { own: privateKey, stranger, none: null }[signer];
  const body = JSON.stringify(activity);
  const headers = { "Content-Type": "application/activity+json" };
  let request = new Request(inbox, { method: "POST", headers, body });
  if (key) request = await signRequest(request, key, keyId, { spec });
  if (tampered) request = new Request(request, { body: `${body}\n`, duplex: "half" });
  const response = await fetch(request);
  return { status: response.status, body: await response.text() };
}
