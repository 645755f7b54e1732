/** How our actors and notes look in Fedify's vocabulary. */

import {
  Application,
  Create,
  Endpoints,
  InteractionPolicy,
  InteractionRule,
  Mention,
  Note,
  Person,
  PUBLIC_COLLECTION,
  QuoteAuthorization,
} from "@fedify/vocab";
import { Temporal } from "@js-temporal/polyfill";

export const instant = (date) => Temporal.Instant.fromEpochMilliseconds(date.getTime());

/** Both keys are shown: RSA for HTTP signatures, Ed25519 for proofs on the objects themselves. */
export async function renderActor(ctx, me) {
  const keys = await ctx.getActorKeyPairs(me.name);
  return new (me.isService ? Application : Person)({
    id: ctx.getActorUri(me.name),
    preferredUsername: me.name,
    name: me.displayName,
    url: ctx.getActorUri(me.name),
    inbox: ctx.getInboxUri(me.name),
    outbox: ctx.getOutboxUri(me.name),
    followers: ctx.getFollowersUri(me.name),
    following: ctx.getFollowingUri(me.name),
    endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
    manuallyApprovesFollowers: me.locked,
    aliases: me.aliases.map((uri) => new URL(uri)),
    published: instant(me.published),
    publicKey: keys[0].cryptographicKey,
    assertionMethods: keys.map((pair) => pair.multikey),
  });
}

export function audience(ctx, note) {
  const followers = ctx.getFollowersUri(note.author);
  const mentioned = note.mentions.map((actor) => actor.id);
  return {
    public: { tos: [PUBLIC_COLLECTION], ccs: [followers, ...mentioned] },
    unlisted: { tos: [followers], ccs: [PUBLIC_COLLECTION, ...mentioned] },
    private: { tos: [followers], ccs: mentioned },
    direct: { tos: mentioned, ccs: [] },
  }[note.visibility];
}

export function handleOf(actor) {
  return `@${actor.preferredUsername}@${actor.id.host}`;
}

export function renderNote(ctx, note) {
  return new Note({
    id: new URL(note.id),
    url: new URL(note.id),
    attribution: ctx.getActorUri(note.author),
    content: note.content,
    replyTarget: note.inReplyTo,
    quote: note.quote,
    quoteAuthorization: note.consent,
    interactionPolicy: note.quotable ? openToQuotes() : null,
    published: instant(note.published),
    updated: note.updated && instant(note.updated),
    tags: note.mentions.map((actor) => new Mention({ href: actor.id, name: handleOf(actor) })),
    ...audience(ctx, note),
  });
}

const openToQuotes = () =>
  new InteractionPolicy({ canQuote: new InteractionRule({ automaticApproval: PUBLIC_COLLECTION }) });

/** Our consent to one quote of one of our notes. */
export function renderStamp(ctx, key, { author, quoting, quoted }) {
  return new QuoteAuthorization({
    id: ctx.getObjectUri(QuoteAuthorization, { key }),
    attribution: ctx.getActorUri(author),
    interactingObject: new URL(quoting),
    interactionTarget: new URL(quoted),
  });
}

export function renderCreate(ctx, note) {
  return new Create({
    id: new URL("#create", note.id),
    actor: ctx.getActorUri(note.author),
    object: renderNote(ctx, note),
    published: instant(note.published),
    ...audience(ctx, note),
  });
}
