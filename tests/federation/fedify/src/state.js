/** Everything the peer knows, in memory: its actors, their notes, and what the network told it. */

export class State {
  actors = new Map(); // name -> Actor
  received = []; // every activity that was proven genuine, in order of arrival
  failures = []; // every delivery of ours that failed, each attempt
  stamps = new Map(); // key -> a consent of ours to a quote: { author, quoting, quoted }
  requests = []; // every request to the federated face, answered or refused

  actorAt(uri) {
    return [...this.actors.values()].find((actor) => actor.id === String(uri));
  }

  noteAt(uri) {
    return this.#notes().find((note) => note.id === String(uri));
  }

  noteWithKey(key) {
    return this.#notes().find((note) => note.key === key);
  }

  #notes() {
    return [...this.actors.values()].flatMap((actor) => [...actor.notes.values()]);
  }

  /** Note an activity down, once however often its processing is tried. */
  record(activity, recipient, raw) {
    const id = activity.id?.href ?? null;
    if (id && this.received.some((seen) => seen.id === id && seen.recipient === recipient)) return;
    const known = activity.constructor.name; // a type Fedify does not know is a bare Activity
    const type = known === "Activity" ? raw.type : known;
    this.received.push({ type, id, actor: activity.actorId.href, recipient, raw, activity });
  }
}

/** One of our actors. Keys of all maps are URIs as strings. */
export class LocalActor {
  followers = new Map(); // follower -> { actor, follow }
  requests = new Map(); // who asked to follow, unanswered -> { actor, follow }
  following = new Map(); // followed -> { actor, follow, state }
  notes = new Map(); // id -> OwnNote
  timeline = new Map(); // id -> a note of someone else, as plain data
  likes = new Map(); // object -> { activity, author }
  boosts = new Map(); // object -> { activity, author }

  constructor(fields) {
    Object.assign(this, { locked: false, isService: false, published: new Date() }, fields);
    this.displayName ??= this.name;
    this.aliases ??= [];
  }

  toJSON() {
    return {
      name: this.name,
      id: this.id,
      followers: [...this.followers.keys()],
      requests: [...this.requests.keys()],
      following: Object.fromEntries([...this.following].map(([uri, { state }]) => [uri, state])),
      notes: [...this.notes.values()],
      timeline: [...this.timeline.values()],
    };
  }
}

/** A note of one of our actors; `mentions` are the remote actors as Fedify read them. */
export class OwnNote {
  likes = new Set();
  boosts = new Set();
  replies = new Set();
  published = new Date();
  updated = null;
  deleted = false;

  constructor(fields) {
    Object.assign(this, fields);
  }

  toJSON() {
    const { id, author, content, visibility, published, updated, deleted } = this;
    return {
      id,
      author,
      content,
      visibility,
      in_reply_to: this.inReplyTo?.href ?? null,
      mentions: this.mentions.map((actor) => actor.id.href),
      published,
      updated,
      deleted,
      likes: [...this.likes],
      boosts: [...this.boosts],
      replies: [...this.replies],
    };
  }
}
