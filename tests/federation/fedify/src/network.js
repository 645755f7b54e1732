/** The only network this peer knows: names under `.localhost`, vouched for by the tests' authority. */

import { Agent, setGlobalDispatcher } from "undici";

const LOOPBACK = { address: "127.0.0.1", family: 4 };

/** Not every C library resolves `*.localhost`, and no test may reach the world outside. */
function lookup(hostname, options, answer) {
  if (hostname !== "localhost" && !hostname.endsWith(".localhost")) {
    answer(Object.assign(new Error(`${hostname} is outside the test network`), { code: "ENOTFOUND" }));
  } else if (options.all) {
    answer(null, [LOOPBACK]);
  } else {
    answer(null, LOOPBACK.address, LOOPBACK.family);
  }
}

/** Make every `fetch` of this process, Fedify's among them, use the test network. */
export function useTestNetwork(ca) {
  setGlobalDispatcher(new Agent({ connect: { ca, lookup } }));
}
