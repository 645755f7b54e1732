/** Plays all scenarios with masto against a server, and tells of each in a line of JSON. */

import { accounts } from "./accounts.js";
import { curation } from "./curation.js";
import { hearing } from "./hearing.js";
import { server } from "./server.js";
import { Stage } from "./stage.js";
import { statuses } from "./statuses.js";
import { streaming } from "./streaming.js";

const stage = new Stage(JSON.parse(process.env.STAGE));
for (const [name, play] of Object.entries({ ...server, ...accounts, ...statuses, ...curation, ...hearing, ...streaming })) {
  const before = stage.called.size;
  let error = null;
  try {
    await play(stage);
  } catch (problem) {
    error = `${problem.stack}\n${JSON.stringify(problem.additionalProperties ?? problem.details ?? null)}`;
  }
  const called = [...stage.called].slice(before);
  process.stdout.write(JSON.stringify({ scenario: name, error, called }) + "\n");
}
process.exit(0);
