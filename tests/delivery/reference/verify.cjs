// Reads {method, url, headers, pem} on standard input; says whether the signature holds.
const { readFileSync } = require("node:fs");
const signature = require("http-signature");

const { method, url, headers, pem } = JSON.parse(readFileSync(0, "utf8"));
const request = { method, url, headers, httpVersion: "1.1" };
const parsed = signature.parseRequest(request, {
  headers: ["(request-target)", "host", "date", "digest"],
  clockSkew: 300,
});
console.log(JSON.stringify({ keyId: parsed.keyId, holds: signature.verifySignature(parsed, pem) }));
