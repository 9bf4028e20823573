// The page of a journey: asks for one order or customer, and shows what happened and what was due. The address never
// holds an id: a link may bring one behind `#`, which no server sees, and it is taken out of the address at once.

import { forgetSession, learnSession, mayOnlyLook } from "./actor.js";
import { refusal } from "./deed.js";
import { element } from "./element.js";
import { clockFormats, instant, plain } from "./formats.js";
import { askToken, at, headline, heard, prepare, showClock, tellSilence } from "./frame.js";
import { dueRows, pressing } from "./journey_due.js";
import { stepRow } from "./journey_step.js";
import { redraw } from "./redraw.js";
import { address, read, serverTime } from "./server.js";
import { say, spoken, texts } from "./texts.js";

const POLL_MS = 5_000;
const READING_MS = 45_000; // the server reads for 20 s, and begins and ends beside that
const DAYS = [45, 10, 2];
const KINDS = ["order", "customer"];

let formats = null;
let timezone = "";
let waiting = 0;
let journey = null; // the last answer, which leaves with the page
let problem = ""; // why there is none
let reading = false;

async function poll() {
  clearTimeout(waiting);
  if (!formats) await readTimezone();
  const { status } = await read("api/v1/session");
  if (status === 401) { journey = null; problem = ""; }
  heard(status);
  await learnSession();
  if (formats) draw();
  waiting = setTimeout(poll, POLL_MS);
}

async function readTimezone() {
  const { status, body } = await read("api/v1/board");
  if (status !== 200) return;
  timezone = body.timezone;
  formats = clockFormats(timezone);
}

function enterAnew() {
  forgetSession();
  problem = "";
  return poll();
}

async function ask(event) {
  event?.preventDefault();
  const kind = at("kind").value;
  const name = at("subject").value.trim();
  if (reading) return;
  if (!name) {
    problem = texts.journeyRefusal[kind];
    at("subject").focus();
    return draw();
  }
  reading = true;
  journey = null;
  problem = "";
  draw();
  const query = new URLSearchParams([[kind, name], ["days", at("days").value]]);
  const { status, body } = await read(`api/v1/journey?${query}`, READING_MS);
  reading = false;
  if (status === 200) journey = body;
  else problem = Object.hasOwn(texts.journeyRefusal, body?.reason ?? "") ? texts.journeyRefusal[body.reason] : refusal(status, body);
  if (status === 401) heard(status);
  draw();
}

const moment = (time) => formats.moment(instant(time), serverTime());

function draw() {
  if (!formats) return;
  const words = reading ? texts.journeyReading : journey ? summary() : texts.journey;
  at("show").setAttribute("aria-disabled", String(reading));
  at("subject-name").textContent = texts.journeyName[at("kind").value];
  redraw(at("notes"), reading ? [] : notes().map((note) => element("span", {}, note)));
  at("token-again").hidden = !mayOnlyLook();
  at("found").hidden = !journey?.events.length;
  redraw(at("due"), journey ? dueRows(journey, moment) : []);
  redraw(at("line"), journey ? journey.events.map((step) => stepRow(step, moment)) : []);
  headline(words, "mild");
  document.title = `${texts.journey} - Pharos`;
  showClock(formats, serverTime(), timezone, false);
}

function summary() {
  const count = pressing(journey);
  if (!journey.events.length) return texts.journeyNothing;
  return count ? say(texts.journeyPressing, { count }) : texts.journeyCalm;
}

function notes() {
  if (mayOnlyLook() && !problem) return [texts.journeyRefusal.role];
  if (!journey) return [problem].filter(Boolean);
  return [
    say(texts.journeyRead, { count: plain(journey.events.length), from: moment(journey.from), to: moment(journey.to) }),
    texts.journeyStopped[journey.stopped] ?? "",
    journey.left_out ? texts.journeyLeftOut : "",
  ].filter(Boolean);
}

// What a link brought behind `#`, as in journey#order=TB123.
function askWhatTheLinkSays() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const kind = KINDS.find((one) => asked.get(one));
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  if (!kind) return;
  at("kind").value = kind;
  at("subject").value = asked.get(kind);
  ask();
}

for (const id of ["home", "back"]) at(id).href = spoken(address("./"));
at("kind").append(...KINDS.map((kind) => element("option", { value: kind }, texts.journeyKind[kind])));
at("days").append(...DAYS.map((count) => element("option", { value: count }, say(texts.journeyDays, { count }))));
at("kind").addEventListener("change", () => { at("subject").value = ""; draw(); });
at("ask").addEventListener("submit", ask);
at("other-token").addEventListener("click", askToken);
window.addEventListener("hashchange", askWhatTheLinkSays);
prepare(enterAnew);
setInterval(tellSilence, 1_000);
await poll();
askWhatTheLinkSays();
