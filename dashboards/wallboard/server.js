// What a page asks of the server: with a limit of time, by the server's clock, from wherever the page lies.

const TIMEOUT_MS = 8_000;
const ROOT = new URL(".", import.meta.url);

let offset = 0; // the server's clock less this machine's
const etags = new Map();

export const address = (path) => new URL(path, ROOT);
export const anomalyPath = (fingerprint) => `api/v1/anomalies/${encodeURIComponent(fingerprint)}`;
export const serverTime = () => Date.now() + offset;

// {status, body}: 0 when nothing answered, 304 without a body for what was asked and answered before.
// `limit` in ms is for what takes the server its time.
export async function read(path, limit = TIMEOUT_MS) {
  const known = etags.get(path);
  const answer = await ask(path, { headers: known ? { "If-None-Match": known } : {}, cache: "no-store" }, limit);
  if (answer.status === 200 && answer.etag) etags.set(path, answer.etag);
  return answer;
}

export function write(path, body, method = "POST") {
  return ask(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

// After a break, or a token, everything is asked anew.
export const forget = () => etags.clear();

async function ask(path, options, limit = TIMEOUT_MS) {
  try {
    const response = await fetch(address(path), { ...options, signal: AbortSignal.timeout(limit) });
    const time = Number(response.headers.get("Pharos-Time"));
    if (time) offset = time - Date.now();
    const body = response.status === 304 ? null : await response.json().catch(() => null);
    return { status: response.status, etag: response.headers.get("ETag") || "", body };
  } catch (problem) {
    if (!(problem instanceof TypeError || problem instanceof DOMException)) console.error(problem);
    return { status: 0, etag: "", body: null };
  }
}
