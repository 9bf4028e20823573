// Asks for the board every two seconds and draws it. What is known to be old is said to be old.

import { openAnomalies, resolvedAnomalies, scopeText, tone } from "./anomalies.js";
import { element } from "./element.js";
import { clockFormats, duration } from "./formats.js";
import { feeds, signals, touchpoints } from "./signals.js";
import { language, texts } from "./texts.js";

const POLL_MS = 2_000;
const TIMEOUT_MS = 8_000;
const STALE_MS = 10_000;
const REPLAY_MS = 3_600_000;

const at = (id) => document.getElementById(id);
let board = null;
let etag = "";
let answeredAt = null;
const askedFrom = Date.now();
let clockOffset = 0; // the server's clock less this machine's
let formats = null;

async function poll() {
  try {
    const response = await fetch("api/v1/board", {
      headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status === 401) {
      askForToken();
    } else if (response.ok || response.status === 304) {
      if (response.ok) {
        board = await response.json();
        etag = response.headers.get("ETag") || "";
        formats = clockFormats(board.timezone);
      }
      setClock(response);
      draw();
      answeredAt = Date.now();
      at("login").hidden = true;
    }
  } catch (problem) {
    // The banner tells that nothing new is drawn; the next question follows anyway.
    if (!(problem instanceof TypeError || problem instanceof DOMException)) console.error(problem);
  }
  tell();
  setTimeout(poll, POLL_MS);
}

function setClock(response) {
  const time = Number(response.headers.get("Pharos-Time"));
  if (time) clockOffset = time - Date.now();
}

function context() {
  const now = Date.now() + clockOffset;
  const replaying = board.time !== null && Math.abs(now - board.time) > REPLAY_MS;
  const dataNow = replaying ? board.time : Math.max(now, board.time || 0);
  const titles = new Map(board.metrics.map((metric) => [metric.name, metric.title]));
  const title = (metric) => titles.get(metric) || metric.replaceAll("_", " ");
  return {
    now, dataNow, replaying, title,
    moment: (time) => (Number.isFinite(time) ? formats.moment(time, dataNow) : "\u2014"),
    describe: (fingerprint) => {
      const known = [...board.anomalies, ...board.recent].find((anomaly) => anomaly.fingerprint === fingerprint);
      return known ? `${title(known.metric)}, ${scopeText(known.scope)}` : fingerprint;
    },
  };
}

function draw() {
  if (!board) return;
  const known = context();
  at("board").hidden = false;
  replace("signals", signals(board, known));
  const recent = resolvedAnomalies(board.recent, known);
  replace("recent", recent.length ? recent : [element("li", { class: "quiet" }, texts.nothingRecent)]);
  drawAges(known);
  headline();
}

// What grows older while nothing else changes, also while the server does not answer.
function drawAges(known) {
  replace("touchpoints", touchpoints(board, known));
  const cards = openAnomalies(board, known);
  replace("open", cards.length ? cards : [calm()]);
  replace("feeds", feeds(board, known));
}

// Redraws only what differs, so that a reader's selection and focus survive quiet polls.
function replace(id, nodes) {
  const place = at(id);
  const fresh = element("div", {}, nodes);
  if (fresh.innerHTML !== place.innerHTML) place.replaceChildren(...fresh.childNodes);
}

function isBlind() {
  return board.touchpoints.every((touchpoint) => ["no_data", "unwatched", "stale"].includes(touchpoint.state));
}

function isPartlyBlind() {
  return board.touchpoints.some((touchpoint) => ["no_data", "stale"].includes(touchpoint.state));
}

function calm() {
  return element("p", { class: isPartlyBlind() ? "calm unsure" : "calm" }, isPartlyBlind() ? texts.nothingOpenBlind : texts.nothingOpen);
}

function headline() {
  const pressing = board.anomalies.filter((anomaly) => anomaly.severity !== "info");
  const worst = ["critical", "warning"].find((severity) =>
    pressing.some((anomaly) => anomaly.severity === severity && anomaly.state === "firing"));
  const mood = worst || (board.open ? "mild" : isBlind() ? "blind" : isPartlyBlind() ? "unsure" : "calm");
  document.body.dataset.mood = mood;
  const words = board.open ? texts.headline(tones()) : { blind: texts.blind, unsure: texts.partlyBlind, calm: texts.calm }[mood];
  if (at("headline").textContent !== words) at("headline").textContent = words;
  document.title = board.open ? `(${board.open}) Pharos` : "Pharos";
}

function tones() {
  const counts = { critical: 0, warning: 0, recovering: 0, info: 0 };
  for (const anomaly of board.anomalies) counts[tone(anomaly)] += 1;
  return counts;
}

function tell() {
  const silence = Date.now() - (answeredAt ?? askedFrom);
  const stale = at("login").hidden && silence > STALE_MS;
  document.body.classList.toggle("stale", stale);
  at("banner").hidden = !stale;
  if (stale) at("banner").textContent = answeredAt === null ? texts.neverReached : texts.unreachable(duration(silence));
}

function showTime() {
  tell();
  if (!formats) return;
  const known = context();
  drawAges(known);
  const shown = known.replaying ? known.dataNow : known.now;
  at("clock").textContent = formats.clock(shown);
  const words = [formats.day(shown), board.timezone.replaceAll("_", " "), known.replaying ? texts.replayedTime : ""];
  at("day").textContent = words.filter(Boolean).join(" \u00b7 ");
}

function askForToken() {
  board = formats = null;
  etag = "";
  at("board").hidden = true;
  at("feeds").replaceChildren();
  at("login").hidden = false;
}

at("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  const response = await fetch("api/v1/session", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ token: at("token").value }),
  }).catch(() => null);
  at("token").value = "";
  at("login-problem").textContent = response?.ok ? "" : response ? texts.unknownToken : texts.neverReached;
  if (response?.ok) at("login").hidden = true;
});

document.documentElement.lang = language;
at("open-title").textContent = texts.open;
at("signals-title").textContent = texts.signals;
at("recent-title").textContent = texts.recent;
at("login-label").textContent = texts.protectedBoard;
at("login-button").textContent = texts.enter;
setInterval(showTime, 1_000);
poll().then(showTime);
