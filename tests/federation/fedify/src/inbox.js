/** What we do with what others tell us. Fedify has proven by now that it comes from its actor. */

import {
  Accept,
  Announce,
  Create,
  Delete,
  Follow,
  isActor,
  Like,
  PUBLIC_COLLECTION,
  QuoteAuthorization,
  QuoteRequest,
  Reject,
  Undo,
  Update,
} from "@fedify/vocab";
import { acceptFollow, answerQuote, showConsent } from "./acts.js";

const receivers = new Map([
  [Follow, onFollow],
  [QuoteRequest, onQuoteRequest],
  [Accept, onAccept],
  [Reject, (ctx, reject) => onAnswer(ctx, reject, "rejected")],
  [Create, onCreate],
  [Update, onUpdate],
  [Delete, onDelete],
  [Like, onLike],
  [Announce, onAnnounce],
  [Undo, onUndo],
]);

/** The one listener: every genuine activity is recorded, and those we know are acted on. */
export async function receive(ctx, activity) {
  // `ctx.activity` is what came over the wire; `activity.toJsonLd()` would lack its signature.
  ctx.data.record(activity, ctx.recipient, ctx.activity);
  await receivers.get(activity.constructor)?.(ctx, activity);
}

async function onFollow(ctx, follow) {
  const me = ctx.data.actorAt(follow.objectId);
  const actor = await follow.getActor(ctx);
  if (!me || !isActor(actor)) return;
  me.requests.set(actor.id.href, { actor, follow });
  if (!me.locked) await acceptFollow(ctx, me, { actor: actor.id.href });
}

async function onQuoteRequest(ctx, request) {
  const note = ctx.data.noteAt(request.objectId);
  const asker = await request.getActor(ctx);
  if (!note || !isActor(asker)) return;
  const me = ctx.data.actors.get(note.author);
  if (!note.quotable) return void (await answerQuote(ctx, me, asker, request, null));
  const key = crypto.randomUUID();
  const quoting = request.instrumentId.href;
  ctx.data.stamps.set(key, { author: note.author, quoting, quoted: note.id });
  await answerQuote(ctx, me, asker, request, ctx.getObjectUri(QuoteAuthorization, { key }));
}

async function onAccept(ctx, accept) {
  onAnswer(ctx, accept, "accepted");
  await onConsent(ctx, accept);
}

async function onConsent(ctx, accept) {
  for (const me of ctx.data.actors.values()) {
    for (const note of me.notes.values()) {
      const isAbout = note.request && note.request === accept.objectId?.href;
      if (isAbout && accept.resultId) await showConsent(ctx, me, note, accept.resultId);
    }
  }
}

/** Servers answer with the Follow inlined, or with its id alone. */
function onAnswer({ data }, answer, verdict) {
  for (const me of data.actors.values()) {
    const asked = me.following.get(answer.actorId.href);
    if (asked?.follow.id.href === answer.objectId?.href) asked.state = verdict;
  }
}

async function onCreate(ctx, create) {
  const post = await create.getObject(ctx);
  if (!post?.id || post.attributionId?.href !== create.actorId.href) return;
  ctx.data.noteAt(post.replyTargetId)?.replies.add(post.id.href);
  const entry = await describe(ctx, post);
  for (const me of readersOf(ctx, create, post)) {
    me.timeline.set(entry.id, { ...entry, boosted_by: [] });
  }
}

async function onUpdate(ctx, update) {
  const entries = entriesOf(ctx, update.objectId, update.actorId);
  if (entries.length === 0) return;
  const changed = await describe(ctx, await update.getObject(ctx));
  for (const [, entry] of entries) Object.assign(entry, changed);
}

function onDelete(ctx, { objectId, actorId }) {
  for (const [me, entry] of entriesOf(ctx, objectId, actorId)) me.timeline.delete(entry.id);
  if (objectId?.href === actorId.href) forget(ctx, actorId.href);
}

function forget({ data }, uri) {
  for (const me of data.actors.values()) {
    for (const people of [me.followers, me.requests, me.following]) people.delete(uri);
    for (const { id, author } of me.timeline.values()) if (author === uri) me.timeline.delete(id);
  }
}

function onLike({ data }, like) {
  data.noteAt(like.objectId)?.likes.add(like.actorId.href);
}

async function onAnnounce(ctx, announce) {
  const booster = announce.actorId.href;
  const own = ctx.data.noteAt(announce.objectId);
  if (own) return void own.boosts.add(booster);
  const readers = readersOf(ctx, announce, announce);
  if (readers.length === 0) return;
  const entry = await describe(ctx, await announce.getObject(ctx));
  for (const me of readers) {
    const known = me.timeline.get(entry.id) ?? { ...entry, boosted_by: [] };
    known.boosted_by.push(booster);
    me.timeline.set(entry.id, known);
  }
}

/** What is undone is known by its id where we saw it, else by what the Undo carries. */
async function onUndo(ctx, undo) {
  const seen = ctx.data.received.find(({ id }) => id && id === undo.objectId?.href);
  const undone = seen?.activity ?? (await undo.getObject({ ...ctx, suppressError: true }));
  const actor = undo.actorId.href;
  if (undone?.actorId?.href !== actor) return;
  if (undone instanceof Follow) {
    ctx.data.actorAt(undone.objectId)?.followers.delete(actor);
    ctx.data.actorAt(undone.objectId)?.requests.delete(actor);
  }
  if (undone instanceof Like) ctx.data.noteAt(undone.objectId)?.likes.delete(actor);
  if (undone instanceof Announce) takeBack(ctx, undone.objectId, actor);
}

function takeBack({ data }, uri, booster) {
  data.noteAt(uri)?.boosts.delete(booster);
  for (const me of data.actors.values()) {
    const entry = me.timeline.get(uri.href);
    if (entry) entry.boosted_by = entry.boosted_by.filter((other) => other !== booster);
  }
}

/** Our actors who are addressed, by name or as followers, or who found it in their own inbox. */
function readersOf({ data, recipient }, activity, post) {
  const addressed = [activity, post].flatMap(({ toIds, ccIds }) => [...toIds, ...ccIds]);
  const hrefs = new Set(addressed.map(({ href }) => href));
  const isAudience = ({ actor, state }) =>
    state === "accepted" &&
    (hrefs.has(PUBLIC_COLLECTION.href) || hrefs.has(actor.followersId?.href));
  return [...data.actors.values()].filter((me) => {
    const followed = me.following.get(activity.actorId.href);
    return me.name === recipient || hrefs.has(me.id) || (followed && isAudience(followed));
  });
}

/** The timeline entries of a post, provided that this actor wrote it. */
function entriesOf({ data }, objectId, author) {
  return [...data.actors.values()]
    .map((me) => [me, me.timeline.get(objectId?.href)])
    .filter(([, entry]) => entry?.author === author.href);
}

/** A post as Fedify understood it: its main facts, and all of it written anew. */
async function describe(ctx, post) {
  return {
    id: post.id.href,
    type: post.constructor.name,
    author: post.attributionId?.href ?? null,
    content: post.content?.toString() ?? null,
    summary: post.summary?.toString() ?? null,
    in_reply_to: post.replyTargetId?.href ?? null,
    published: post.published?.toString() ?? null,
    updated: post.updated?.toString() ?? null,
    to: post.toIds.map(({ href }) => href),
    cc: post.ccIds.map(({ href }) => href),
    document: await post.toJsonLd(ctx),
  };
}
