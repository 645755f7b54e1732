/** Expands JSON-LD documents with the contexts that Fedify carries: a JSON list comes in, one goes out. */

import { preloadedContexts } from "@fedify/vocab-runtime";
import jsonld from "@fedify/vocab-runtime/jsonld";

async function documentLoader(url) {
  const document = preloadedContexts[url];
  if (!document) throw new Error(`no context is known at ${url}`);
  return { contextUrl: null, documentUrl: url, document };
}

/** Safe: whatever would be lost without a word, such as a term that no context defines, is an error. */
async function expanded(document) {
  try {
    return { expanded: await jsonld.expand(document, { documentLoader, safe: true }) };
  } catch (error) {
    return { error: JSON.stringify(error.details?.event ?? String(error)) };
  }
}

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const documents = JSON.parse(Buffer.concat(chunks));
console.log(JSON.stringify(await Promise.all(documents.map(expanded))));
