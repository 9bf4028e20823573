// Asks for the board every two seconds and draws it. What is known to be old is said to be old.

import { forgetSession, learnSession } from "./actor.js";
import { openAnomalies, resolvedAnomalies } from "./anomalies.js";
import { element } from "./element.js";
import { drawFilter, filtered, hidesAll, prepareFilter } from "./filter.js";
import { clockFormats, duration } from "./formats.js";
import { at, headline, heard, prepare, showClock, tellSilence } from "./frame.js";
import { scopeText, titleOf, tone } from "./naming.js";
import { news } from "./news.js";
import { redraw } from "./redraw.js";
import { prepareRows, redrawRows } from "./row_actions.js";
import { address, forget, read, serverTime } from "./server.js";
import { feeds, signals, touchpoints, unheard } from "./signals.js";
import { prepareSignature } from "./signature.js";
import { list, say, spoken, texts } from "./texts.js";

const POLL_MS = 2_000;
const REPLAY_MS = 3_600_000;

let board = null;
let formats = null;
let waiting = 0;

async function poll() {
  clearTimeout(waiting);
  const { status, body } = await read("api/v1/board");
  if (status === 401) hide();
  if (status === 200) {
    board = body;
    formats = clockFormats(board.timezone);
  }
  if (heard(status)) draw();
  waiting = setTimeout(poll, POLL_MS);
  if (board && await learnSession()) draw();
}

function enterAnew() {
  forgetSession();
  return poll();
}

function context() {
  const now = serverTime();
  const replaying = !board.live && board.time !== null && Math.abs(now - board.time) > REPLAY_MS;
  const dataNow = replaying ? board.time : Math.max(now, board.time || 0);
  const title = (metric) => titleOf(board.titles[metric], metric);
  return {
    now, dataNow, replaying, title,
    moment: (time) => formats.moment(time, dataNow),
    describe: (fingerprint) => {
      const known = [...board.anomalies, ...board.recent].find((anomaly) => anomaly.fingerprint === fingerprint);
      return known ? list([title(known.metric), scopeText(known.scope)]) : fingerprint;
    },
  };
}

function draw() {
  if (!board) return;
  const known = context();
  redraw(at("signals"), signals(board, known));
  const silent = unheard(board, known);
  at("unheard").hidden = !silent.length;
  redraw(at("unheard-title"), say(texts.unheard, { count: silent.length }));
  redraw(at("unheard-metrics"), silent);
  drawFilter(board);
  const recent = resolvedAnomalies(filtered(board).recent, known);
  const none = board.recent.length ? texts.noneFits : texts.nothingRecent;
  redraw(at("recent"), recent.length ? recent : [element("li", { class: "quiet" }, none)]);
  drawAges(known);
  tellBlind();
  tellMood();
  const words = news(board, known);
  if (words.length) tell(...words);
}

const tell = (...sentences) => redraw(at("news"), sentences.map((sentence) => element("p", {}, sentence)));

// What grows older while nothing else changes, also while the server does not answer.
function drawAges(known) {
  redraw(at("touchpoints"), touchpoints(board, known));
  const cards = openAnomalies(filtered(board), known);
  redrawRows(cards.length ? cards : [hidesAll(board) ? element("p", { class: "calm unsure" }, texts.noneFits) : calm()]);
  redraw(at("feeds"), feeds(board, known));
  const shown = known.replaying ? known.dataNow : known.now;
  showClock(formats, shown, board.timezone, known.replaying);
}

function tellBlind() {
  const sentences = board.blind.map(({ reason, topic, amount }) => element("p", {}, say(texts.blindTo[reason], {
    topic: texts.topic[topic] || topic, count: amount, duration: duration(amount * 1_000),
  })));
  at("blind").hidden = !sentences.length;
  redraw(at("blind"), sentences);
}

const isBlind = () => board.blind.length || board.touchpoints.every(({ state }) => ["no_data", "unwatched", "stale"].includes(state));
const isPartlyBlind = () => board.blind.length || board.touchpoints.some(({ state }) => ["no_data", "stale"].includes(state));

function calm() {
  return element("p", { class: isPartlyBlind() ? "calm unsure" : "calm" }, isPartlyBlind() ? texts.nothingOpenBlind : texts.nothingOpen);
}

function tellMood() {
  const worst = ["critical", "warning"].find((severity) =>
    board.anomalies.some((anomaly) => anomaly.severity === severity && anomaly.state === "firing"));
  const mood = worst || (board.open ? "mild" : isBlind() ? "blind" : isPartlyBlind() ? "unsure" : "calm");
  headline(board.open ? counted() : { blind: board.blind.length ? texts.notNow : texts.blind, unsure: texts.partlyBlind, calm: texts.allIsWell }[mood], mood);
  document.title = board.open ? `(${board.open}) Pharos` : "Pharos";
}

function counted() {
  const counts = { critical: 0, warning: 0, recovering: 0, info: 0 };
  for (const anomaly of board.anomalies) counts[tone(anomaly)] += 1;
  const pressing = [["critical", texts.critical], ["warning", texts.warnings], ["recovering", texts.recoveringOnes]]
    .filter(([name]) => counts[name])
    .map(([name, text]) => say(text, { count: counts[name] }));
  return list(pressing) || say(texts.nothingPressing, { count: counts.info });
}

function hide() {
  board = formats = null;
  forget();
  redraw(at("feeds"));
}

// Links in messages name the anomaly in the board's address.
const linked = new URLSearchParams(location.search).get("fingerprint");
at("to-silences").href = spoken(address("silences"));
if (linked) location.replace(spoken(address(`anomalies/${encodeURIComponent(linked)}`)));

prepare(enterAnew);
prepareSignature();
prepareFilter(() => draw());
prepareRows({
  draw, poll, tell,
  moment: (time) => (board ? context().moment(time) : ""),
  describe: (fingerprint) => (board ? context().describe(fingerprint) : fingerprint),
});
setInterval(() => {
  tellSilence();
  if (formats) drawAges(context());
}, 1_000);
poll();
