// One action on an anomaly: sent to the server, and what came of it in words.

import { duration, instant } from "./formats.js";
import { anomalyPath, write } from "./server.js";
import { say, texts } from "./texts.js";

const MINUTE_MS = 60_000;

export const USUAL_MINUTES = { ack: 30, snooze: 60 };
export const minutesInWords = (count) => duration(count * MINUTE_MS);

// {taken, words, until, status, reason}; `until` is what the server answered, `moment` is how times are told here.
export async function send(fingerprint, action, deed, moment) {
  const { status, body } = await write(`${anomalyPath(fingerprint)}/${action}`, deed);
  const taken = status === 202 || status === 200;
  const words = taken ? done(action, deed.verdict, body, moment) : refusal(status, body);
  return { taken, words, until: body?.until, status, reason: body?.reason };
}

function done(action, verdict, body, moment) {
  const until = instant(body?.until);
  if (Number.isFinite(until) && texts.doneUntil[action]) return say(texts.doneUntil[action], { moment: moment(until) });
  return say(texts.done[action], { verdict: texts.verdict[verdict] });
}

export function refusal(status, body) {
  const reason = body?.reason;
  if (status === 0) return texts.neverReached;
  if (Object.hasOwn(texts.refusal, reason ?? "")) return texts.refusal[reason];
  if (Object.hasOwn(texts.fault, body?.field ?? "")) return texts.fault[body.field];
  if (body?.error && !(status === 405 || (status === 404 && !reason))) return say(texts.refused, { error: body.error });
  return texts.notOffered;
}
