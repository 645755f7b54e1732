/** People on a server with masto in their hands, and a record of what they asked it for. */

import assert from "node:assert/strict";
import dns from "node:dns";
import { setTimeout as sleep } from "node:timers/promises";
import { createOAuthAPIClient, createRestAPIClient, createStreamingAPIClient } from "masto";
import WebSocket from "ws";

const WITHIN = 30_000;

// Not every C library resolves names under `.localhost`.
const resolve = dns.lookup;
dns.lookup = (host, ...more) => resolve(host.endsWith(".localhost") ? "127.0.0.1" : host, ...more);

/** The same client; it keeps the name of every method that is called. */
function recording(target, path, called) {
  return new Proxy(target, {
    get(_, name) {
      const found = target[name];
      return typeof name === "symbol" || found === undefined ? found : recording(found, [...path, name], called);
    },
    apply(_, __, words) {
      if (path.at(-1) === "$select") {
        return recording(target(...words), path, called);
      }
      called.add(path.join("."));
      return target(...words);
    },
  });
}

export class Stage {
  constructor({ url, tokens }) {
    this.url = url;
    this.tokens = tokens;
    this.called = new Set();
  }

  /** Somebody with a token, or with none. */
  person(name) {
    return this.bearer(this.tokens[name]);
  }

  bearer(accessToken) {
    return recording(createRestAPIClient({ url: this.url, accessToken }), [], this.called);
  }

  oauth() {
    return recording(createOAuthAPIClient({ url: this.url }), ["oauth"], this.called);
  }

  streaming(name) {
    const streamingApiUrl = this.url.replace("https:", "wss:");
    const props = { streamingApiUrl, accessToken: this.tokens[name], implementation: WebSocket };
    return recording(createStreamingAPIClient(props), ["streaming"], this.called);
  }
}

/** Look again and again until there is something to see. */
export async function eventually(look) {
  const deadline = Date.now() + WITHIN;
  for (;;) {
    const found = await look();
    if (found) {
      return found;
    }
    assert.ok(Date.now() < deadline, `not within ${WITHIN} ms: ${look}`);
    await sleep(100);
  }
}

export const ids = (things) => things.map((thing) => thing.id);

export const missing = { name: "MastoHttpError", statusCode: 404 };

/** A picture of a single red point. */
export const picture = () => {
  const png =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
  return new Blob([Buffer.from(png, "base64")], { type: "image/png" });
};
