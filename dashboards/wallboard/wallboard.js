// The wall: what is open, what each touchpoint's leading signals say and what deviates there, and what was resolved.

import { mayAct } from "./actor.js";
import { openAnomalies, resolvedAnomalies } from "./anomalies.js";
import { context, draw, follow, poll } from "./board.js";
import { element } from "./element.js";
import { feeds } from "./feeds.js";
import { drawFilter, filtered, hidesAll, prepareFilter } from "./filter.js";
import { duration } from "./formats.js";
import { at, headline } from "./frame.js";
import { tone } from "./naming.js";
import { news } from "./news.js";
import { asked } from "./query.js";
import { redraw } from "./redraw.js";
import { prepareRows, redrawRows } from "./row_actions.js";
import { found, prepareSearch, sought, tellFound } from "./search.js";
import { address } from "./server.js";
import { prepareSignature } from "./signature.js";
import { foundSignals } from "./signals.js";
import { list, say, spoken, texts } from "./texts.js";
import { touchpointTiles } from "./touchpoint_tiles.js";

function drawBoard(board, known) {
  drawFound(board, known);
  drawFilter(board);
  const recent = resolvedAnomalies(filtered(board).recent, known);
  const none = board.recent.length ? texts.noneFits : texts.nothingRecent;
  redraw(at("recent"), recent.length ? recent : [element("li", { class: "quiet" }, none)]);
  tellBlind(board);
  tellMood(board);
  at("to-journey").hidden = !mayAct();
  const words = news(board, known);
  if (words.length) tell(...words);
}

// While something is looked for, the signals that have it stand in the place of the touchpoints.
function drawFound(board, known) {
  const words = sought(board);
  const fitting = words ? found([...board.metrics, ...board.parts_only]) : [];
  at("touchpoints").hidden = Boolean(words);
  at("signals").hidden = !words;
  redraw(at("signals"), foundSignals(fitting, words, board, known));
  tellFound(board, fitting.length);
}

const tell = (...sentences) => redraw(at("news"), sentences.map((sentence) => element("p", {}, sentence)));

function drawAges(board, known) {
  redraw(at("touchpoints"), touchpointTiles(board, known));
  const cards = openAnomalies(filtered(board), known);
  redrawRows(cards.length ? cards : [hidesAll(board) ? element("p", { class: "calm unsure" }, texts.noneFits) : calm(board)]);
  redraw(at("feeds"), feeds(board, known));
}

function tellBlind(board) {
  const sentences = board.blind.map(({ reason, topic, amount }) => element("p", {}, say(texts.blindTo[reason], {
    topic: texts.topic[topic] || topic, count: amount, duration: duration(amount * 1_000),
  })));
  at("blind").hidden = !sentences.length;
  redraw(at("blind"), sentences);
}

const isBlind = (board) => board.blind.length || board.touchpoints.every(({ state }) => ["no_data", "unwatched", "stale"].includes(state));
const isPartlyBlind = (board) => board.blind.length || board.touchpoints.some(({ state }) => ["no_data", "stale"].includes(state));

function calm(board) {
  const unsure = isPartlyBlind(board);
  return element("p", { class: unsure ? "calm unsure" : "calm" }, unsure ? texts.nothingOpenBlind : texts.nothingOpen);
}

function tellMood(board) {
  const worst = ["critical", "warning"].find((severity) =>
    board.anomalies.some((anomaly) => anomaly.severity === severity && anomaly.state === "firing"));
  const mood = worst || (board.open ? "mild" : isBlind(board) ? "blind" : isPartlyBlind(board) ? "unsure" : "calm");
  const quiet = { blind: board.blind.length ? texts.notNow : texts.blind, unsure: texts.partlyBlind, calm: texts.allIsWell };
  headline(board.open ? counted(board) : quiet[mood], mood);
  document.title = board.open ? `(${board.open}) Pharos` : "Pharos";
}

function counted(board) {
  const counts = { critical: 0, warning: 0, recovering: 0, info: 0 };
  for (const anomaly of board.anomalies) counts[tone(anomaly)] += 1;
  const pressing = [["critical", texts.critical], ["warning", texts.warnings], ["recovering", texts.recoveringOnes]]
    .filter(([name]) => counts[name])
    .map(([name, text]) => say(text, { count: counts[name] }));
  return list(pressing) || say(texts.nothingPressing, { count: counts.info });
}

// Links in messages name the anomaly in the board's address.
const linked = asked("fingerprint");
for (const name of ["silences", "scorecards", "journey"]) at(`to-${name}`).href = spoken(address(name));
if (linked) location.replace(spoken(address(`anomalies/${encodeURIComponent(linked)}`)));

prepareSignature();
prepareFilter(draw);
prepareSearch(draw);
prepareRows({
  draw, poll, tell,
  moment: (time) => context()?.moment(time) ?? "",
  describe: (fingerprint) => context()?.describe(fingerprint) ?? fingerprint,
});
follow({ draw: drawBoard, age: drawAges, hide: () => redraw(at("feeds")) });
