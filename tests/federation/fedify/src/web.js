/** Between Node's requests and the web's: what Fedify is handed, and what it answers. */

/** Listen on loopback and tell which port it became. */
export function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server.address().port));
  });
}

export async function bodyOf(incoming) {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function answerJson(outgoing, status, value) {
  outgoing.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
}

/** Fedify answers 404 for what it cannot find; of a note we deleted we know more. */
function gone(state, request) {
  const note = state.noteAt(request.url);
  if (!note?.deleted) return new Response("Not Found", { status: 404 });
  const tombstone = { "@context": "https://www.w3.org/ns/activitystreams", type: "Tombstone", id: note.id };
  return new Response(JSON.stringify(tombstone), {
    status: 410,
    headers: { "Content-Type": "application/activity+json" },
  });
}

function failed(error) {
  console.error(error);
  return new Response("Internal Server Error", { status: 500 });
}

/** The request listener of the federated face; every request is noted down with its answer. */
export function serve(origin, state, federation) {
  const onNotFound = (request) => gone(state, request);
  return async (incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const body = await bodyOf(incoming);
    const request = new Request(new URL(url, origin), {
      method,
      headers: Object.entries(headers).filter(([, value]) => typeof value === "string"),
      body: body.length > 0 ? body : null,
    });
    const response = await federation
      .fetch(request, { contextData: state, onNotFound })
      .catch(failed);
    state.requests.push({ method, path: url, headers, status: response.status });
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  };
}
