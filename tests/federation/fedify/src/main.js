/** Starts the peer: its federated face on one port, its control API on another, both on loopback. */

import { AsyncLocalStorage } from "node:async_hooks";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { configure } from "@logtape/logtape";
import { openControl } from "./control.js";
import { openFederation } from "./federation.js";
import { useTestNetwork } from "./network.js";
import { State } from "./state.js";
import { listen, serve } from "./web.js";

const settings = {
  host: process.env.PEER_HOST ?? "fedify.localhost",
  port: Number(process.env.PEER_PORT ?? 0), // 0: any free port
  controlPort: Number(process.env.PEER_CONTROL_PORT ?? 0),
  cert: readFileSync(process.env.PEER_CERT),
  key: readFileSync(process.env.PEER_KEY),
  ca: readFileSync(process.env.PEER_CA), // the only authority we trust
  logLevel: process.env.PEER_LOG ?? "warning",
};

// Fedify asks what it runs on by this name, which Node has only since version 21.
globalThis.navigator ??= { userAgent: `Node.js/${process.versions.node}` };

await configure({
  contextLocalStorage: new AsyncLocalStorage(),
  sinks: { stderr: ({ level, category, message }) => console.error(level, category, ...message) },
  loggers: [
    { category: "fedify", lowestLevel: settings.logLevel, sinks: ["stderr"] },
    { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["stderr"] },
  ],
});
useTestNetwork(settings.ca);

const state = new State();
// The port is part of every address we utter, so we listen before we know who we are.
const face = https.createServer({ cert: settings.cert, key: settings.key });
const origin = `https://${settings.host}:${await listen(face, settings.port)}`;
const federation = await openFederation(origin, state);
face.on("request", serve(origin, state, federation));

const control = http.createServer(openControl(federation.createContext(new URL(origin), state)));
const controlPort = await listen(control, settings.controlPort);
console.log(JSON.stringify({ origin, control: `http://127.0.0.1:${controlPort}` }));

// Whoever started us holds our standard input open; should they die, we do not stay behind.
process.stdin.resume().on("end", () => process.exit());
