// The page of silences: what keeps quiet and until when, an end for each, and a form for a new one.

import { actor, forgetSession, learnSession, mayAct, mayOnlyLook, rename, tokenName } from "./actor.js";
import { refusal } from "./deed.js";
import { element } from "./element.js";
import { clockFormats, instant } from "./formats.js";
import { askToken, at, headline, heard, prepare, showClock, tellSilence } from "./frame.js";
import { anomalyLink, scopeText, titleOf } from "./naming.js";
import { redraw } from "./redraw.js";
import { address, read, serverTime, write } from "./server.js";
import { prepareForm } from "./silence_form.js";
import { list, say, spoken, texts } from "./texts.js";

const POLL_MS = 2_000;

let silences = null;
let board = null; // for the names of metrics, and the time zone
let formats = null;
let waiting = 0;

async function poll() {
  clearTimeout(waiting);
  if (!board) await readBoard();
  const { status, body } = await read("api/v1/silences");
  if (status === 200) silences = body.silences;
  heard(status);
  if (silences && formats) draw();
  waiting = setTimeout(poll, POLL_MS);
  if (await learnSession()) showRole();
}

async function readBoard() {
  const { status, body } = await read("api/v1/board");
  if (status !== 200) return;
  board = body;
  formats = clockFormats(board.timezone);
}

function enterAnew() {
  forgetSession();
  return poll();
}

function showRole() {
  at("make").hidden = mayOnlyLook();
  at("looking").hidden = !mayOnlyLook();
  at("actor").value = actor();
  at("actor").readOnly = Boolean(tokenName());
  if (silences && formats) draw();
}

const moment = (time) => formats.moment(time, serverTime());

export function anomalyLines(anomalies) {
  return element("ul", {}, anomalies.map((anomaly) => element("li", { "data-fingerprint": anomaly.fingerprint },
    anomalyLink(anomaly.fingerprint, titleOf(board?.titles[anomaly.metric], anomaly.metric)),
    element("span", { class: "quiet" }, ` ${list([texts.severity[anomaly.severity], scopeText(anomaly.scope)])}`))));
}

function line(silence) {
  const inForce = silence.state === "in_force";
  const isOver = silence.state === "over";
  const spans = { in_force: texts.until, to_come: texts.fromUntil, over: texts.overSince };
  const words = list([
    say(spans[silence.state], { from: moment(instant(silence.begins)), moment: moment(instant(silence.until)) }),
    `${silence.author}: ${silence.reason}`,
    silence.end_on_resolve && !isOver ? texts.orOnResolve : "",
    silence.ended_by ? say(texts.endedBy, { by: silence.ended_by }) : "",
  ]);
  const what = silence.matchers.join(" ");
  const label = inForce ? texts.endSilence : texts.callOff;
  return element("li", { class: `silence ${isOver ? "over" : ""}`, "data-key": silence.id },
    element("div", {}, element("code", {}, what), element("p", { class: "quiet" }, words)),
    !isOver && mayAct() ? element("button", { type: "button", "data-end": silence.id, "aria-label": say(texts.handOn, { label, what }) }, label) : null,
    inForce ? element("p", { class: "quiet" }, say(texts.quietNow, { count: silence.matched })) : null,
    silence.anomalies.length ? anomalyLines(silence.anomalies) : null);
}

function draw() {
  const inForce = silences.filter((silence) => silence.state === "in_force").length;
  const empty = element("li", { class: "quiet" }, texts.noSilences);
  redraw(at("silences"), silences.length ? silences.map(line) : [empty]);
  headline(inForce ? say(texts.silencesInForce, { count: inForce }) : texts.noSilences, "mild");
  document.title = `${texts.silences}: ${inForce}`;
  showClock(formats, serverTime(), board.timezone, false);
}

async function end(id) {
  const name = at("actor").value.trim();
  if (!name) {
    tell("end-result", texts.actorMissing, true);
    at("actor").focus();
    return;
  }
  rename(name);
  const { status, body } = await write(`api/v1/silences/${encodeURIComponent(id)}`, { actor: name }, "DELETE");
  tell("end-result", status === 202 ? texts.silenceEnded : refusal(status, body), status !== 202);
  poll();
}

export function tell(where, words, isProblem = false) {
  at(where).classList.toggle("problem", isProblem);
  redraw(at(where), words);
}

for (const id of ["home", "back"]) at(id).href = spoken(address("./"));
prepare(enterAnew);
at("looking-only").textContent = texts.refusal.role;
at("looking-token").addEventListener("click", askToken);
at("silences").addEventListener("click", ({ target }) => target.dataset.end && end(target.dataset.end));
prepareForm({ poll, moment, lines: anomalyLines, tell: (words, isProblem) => tell("make-result", words, isProblem) });
setInterval(tellSilence, 1_000);
poll();
