// Acknowledge and snooze on the wall's own rows: one click or key, and what came of it told on the row.

import { forgetSession, mayAct } from "./actor.js";
import { minutesInWords, send, USUAL_MINUTES } from "./deed.js";
import { element } from "./element.js";
import { at } from "./frame.js";
import { scopeText } from "./naming.js";
import { redraw } from "./redraw.js";
import { drawSignature, signature } from "./signature.js";
import { list, say, texts } from "./texts.js";

// A snooze ends when an anomaly grows graver. Nothing is graver than critical, so that is snoozed on its page, knowingly.
const OFFERED = new Map([["critical", ["ack"]], ["warning", ["ack", "snooze"]]]);
const FLAGS = { ack: "acked", snooze: "snoozed" };
const CAUGHT_UP_MS = 10_000; // until then the board has read what was sent, or it never will
const PROBLEM_MS = 20_000;

const rows = new Map(); // fingerprint -> {sending}, {told, at} or {problem, at}
let known = null;

// `given`: {moment, describe, draw, poll, tell}, how times and anomalies are told here, how the board is drawn and asked
// for anew, and how something is told to who only hears the page.
export function prepareRows(given) {
  known = given;
  at("open").addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-action]");
    if (button) take(button.closest(".card").dataset.fingerprint, button.dataset.action);
  });
}

// An anomaly as the server will tell it once it has read what was sent from here.
export function asTold(anomaly) {
  const row = rows.get(anomaly.fingerprint);
  if (!row?.told || Date.now() - row.at > CAUGHT_UP_MS) return anomaly;
  return { ...anomaly, [FLAGS[row.action]]: anomaly[FLAGS[row.action]] || row.told };
}

export function hands(anomaly, context) {
  const row = rows.get(anomaly.fingerprint) || {};
  const offered = mayAct() ? (OFFERED.get(anomaly.severity) || []).filter((action) => !anomaly[FLAGS[action]]) : [];
  const problem = row.problem && Date.now() - row.at < PROBLEM_MS ? element("span", { class: "hand-problem" }, row.problem) : null;
  if (!offered.length && !problem) return null;
  return element("div", { class: "hands", "data-key": "hands" },
    offered.map((action) => hand(action, anomaly, context, row.sending === action)), problem);
}

function hand(action, anomaly, context, sending) {
  const label = labelOf(action);
  return element("button", {
    type: "button", class: action === "ack" ? "strong" : "", "data-action": action, "data-key": action,
    "aria-label": sending ? null : say(texts.handOn, { label, what: named(anomaly, context) }),
    "aria-disabled": sending ? "true" : null,
    title: texts[`${action}Meaning`],
  }, sending ? texts.sending : label);
}

const labelOf = (action) =>
  action === "ack" ? texts.ack : say(texts.snoozeFor, { duration: minutesInWords(USUAL_MINUTES.snooze) });

const named = (anomaly, context) => list([context.title(anomaly.metric), scopeText(anomaly.scope)]);

async function take(fingerprint, action) {
  const name = await signature(labelOf(action));
  if (!name || rows.get(fingerprint)?.sending) return;
  rows.set(fingerprint, { sending: action });
  known.draw();
  const deed = { actor: name, minutes: USUAL_MINUTES[action] };
  const what = known.describe(fingerprint);
  const { taken, words, until, status, reason } = await send(fingerprint, action, deed, known.moment);
  rows.set(fingerprint, taken ? { action, told: { by: name, until }, at: Date.now() } : { problem: words, at: Date.now() });
  if (status === 401 || reason === "role") forgetSession();
  known.tell(say(texts.handOn, { label: what, what: words }));
  known.draw();
  known.poll();
}

// A button that has done its work goes; who stood on it goes on from the row's title.
export function redrawRows(cards) {
  const focused = document.activeElement?.closest("#open button[data-action]");
  const fingerprint = focused?.closest(".card").dataset.fingerprint;
  redraw(at("open"), cards);
  if (focused && !focused.isConnected) {
    at("open").querySelector(`.card[data-fingerprint="${CSS.escape(fingerprint)}"] .anomaly-link`)?.focus({ preventScroll: true });
  }
  drawSignature();
}
