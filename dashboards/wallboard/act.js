// Acknowledge, snooze, assess: asks for a name, sends, and says in words what came of it.

import { element } from "./element.js";
import { duration, instant } from "./formats.js";
import { at, heard } from "./frame.js";
import { redraw } from "./redraw.js";
import { anomalyPath, write } from "./server.js";
import { remember, say, texts } from "./texts.js";

const REMEMBERED = "pharos.actor";
const MINUTES = { ack: [15, 30, 60, 120, 240], snooze: [15, 30, 60, 240, 480] };
const USUAL = { ack: 30, snooze: 60 };
const MINUTE_MS = 60_000;

let fingerprint = "";
let context = null;
let sending = false;

// What can still be done: an anomaly that is over can only be assessed.
export function offer(anomaly) {
  at("ongoing").hidden = anomaly.state === "resolved";
  for (const button of at("verdicts").children) {
    button.setAttribute("aria-pressed", String(anomaly.feedback?.verdict === button.dataset.verdict));
  }
}

// `known`: {moment, poll}, how times are told here, and how to ask for the anomaly anew.
offer.ready = (name, known) => {
  fingerprint = name;
  context = known;
  at("actor").value = remember(REMEMBERED) || "";
  for (const [action, minutes] of Object.entries(MINUTES)) {
    at(`${action}-minutes`).append(...minutes.map((count) =>
      element("option", { value: count, selected: count === USUAL[action] ? "" : null }, duration(count * MINUTE_MS))));
  }
  at("verdicts").append(...Object.entries(texts.verdict).map(([verdict, words]) =>
    element("button", { type: "button", "data-action": "feedback", "data-verdict": verdict, "aria-pressed": "false" }, words)));
  at("act").addEventListener("submit", (event) => event.preventDefault());
  at("act").addEventListener("click", ({ target }) => {
    if (target.dataset.action) send(target.dataset.action, target.dataset.verdict);
  });
};

async function send(action, verdict) {
  const actor = at("actor").value.trim();
  const note = at("note").value.trim();
  at("actor").setAttribute("aria-invalid", String(!actor));
  if (!actor) {
    tell(texts.actorMissing, true);
    at("actor").focus();
    return;
  }
  if (sending) return;
  sending = true;
  remember(REMEMBERED, actor);
  tell(texts.sending);
  const body = { actor, ...(note ? { note } : {}), ...(verdict ? { verdict } : { minutes: Number(at(`${action}-minutes`).value) }) };
  const answer = await write(`${anomalyPath(fingerprint)}/${action}`, body);
  sending = false;
  if (answer.status === 202 || answer.status === 200) {
    at("note").value = "";
    tell(done(action, verdict, answer.body));
    context.poll();
  } else {
    refuse(answer);
  }
}

function done(action, verdict, body) {
  const until = instant(body?.until);
  if (Number.isFinite(until) && texts.doneUntil[action]) return say(texts.doneUntil[action], { moment: context.moment(until) });
  return say(texts.done[action], { verdict: texts.verdict[verdict] });
}

function refuse({ status, body }) {
  const reason = body?.reason;
  if (status === 0) return tell(texts.neverReached, true);
  if (Object.hasOwn(texts.refusal, reason ?? "")) tell(texts.refusal[reason], true);
  else if (Object.hasOwn(texts.fault, body?.field ?? "")) tell(texts.fault[body.field], true);
  else if (body?.error && !(status === 405 || (status === 404 && !reason))) tell(say(texts.refused, { error: body.error }), true);
  else tell(texts.notOffered, true);
  if (status === 401 || reason === "role") {
    const button = element("button", { type: "button" }, texts.otherToken);
    button.addEventListener("click", () => heard(401));
    at("act-result").append(" ", button);
  }
}

function tell(words, isProblem = false) {
  at("act-result").classList.toggle("problem", isProblem);
  redraw(at("act-result"), words);
}
