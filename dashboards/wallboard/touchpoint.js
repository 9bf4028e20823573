// The page of one touchpoint: every signal of it, what is open there, and what was resolved.

import { resolvedAnomalies } from "./anomalies.js";
import { anomalyRow } from "./anomaly_row.js";
import { draw, follow } from "./board.js";
import { element } from "./element.js";
import { drawFilter, filtered, hidesAll, prepareFilter } from "./filter.js";
import { duration } from "./formats.js";
import { at, headline } from "./frame.js";
import { mark, touchpointLink } from "./naming.js";
import { subject } from "./query.js";
import { redraw } from "./redraw.js";
import { found, prepareSearch, sought, tellFound } from "./search.js";
import { address } from "./server.js";
import { isHeard, isMissing, missingSignals, partSignals, signal } from "./signals.js";
import { list, say, spoken, texts } from "./texts.js";
import { detail, stateOf } from "./touchpoint_tiles.js";

const MOODS = { critical: "critical", warning: "warning", recovering: "mild", info: "mild", normal: "calm", replay: "calm" };
const name = subject();

// The board of this touchpoint alone; null where there is no such touchpoint.
function mine(board) {
  const touchpoint = board.touchpoints.find((one) => one.name === name);
  if (!touchpoint) return null;
  const here = (one) => one.touchpoint === name;
  return {
    ...board, touchpoint, open: touchpoint.open,
    anomalies: board.anomalies.filter(here), recent: board.recent.filter(here),
    metrics: board.metrics.filter(here), parts_only: board.parts_only.filter(here),
  };
}

function drawPage(whole, known) {
  const board = mine(whole);
  at("touchpoint").hidden = !board;
  at("unknown").hidden = Boolean(board);
  drawWays(whole);
  if (!board) {
    at("unknown-meaning").textContent = say(texts.unknownTouchpointMeaning, { name });
    headline(texts.unknownTouchpoint, "blind");
    return;
  }
  at("further").hidden = name !== "pipeline";
  drawFilter(board);
  drawSignals(board, known);
  const recent = resolvedAnomalies(filtered(board).recent, known);
  at("recent-section").hidden = !recent.length;
  redraw(at("recent"), recent);
  const title = texts.touchpoint[name] || name;
  headline(list([title, texts.state[board.touchpoint.state]]), MOODS[board.touchpoint.state] || "unsure");
  document.title = board.open ? `(${board.open}) ${title} - Pharos` : `${title} - Pharos`;
}

function drawWays(board) {
  redraw(at("touchpoints"), board.touchpoints.map((touchpoint) =>
    element("li", { class: `way state-${touchpoint.state}`, "data-touchpoint": touchpoint.name },
      touchpointLink(touchpoint.name, {}, touchpoint.name === name ? { "aria-current": "page" } : {}),
      element("span", { class: "touchpoint-state" }, mark(touchpoint.state), element("span", { class: "unseen" }, texts.state[touchpoint.state])))));
}

function drawSignals(board, known) {
  const [fitting, parts] = [board.metrics, board.parts_only].map((all) => (sought(board) ? found(all) : all));
  const missing = fitting.filter(isMissing);
  redraw(at("signals"), fitting.filter(isHeard).map((metric) => signal(metric, board, known)));
  tellFound(board, fitting.length + parts.length);
  tellRest("missing", missing, missingSignals(missing), texts.unheard);
  tellRest("parts", parts, partSignals(parts), texts.knownByPart);
  at("no-signals").hidden = board.whole && board.metrics.length + board.parts_only.length > 0;
  redraw(at("no-signals"), board.whole ? texts.noSignals : texts.ofWhole);
}

function tellRest(place, metrics, lines, words) {
  at(place).hidden = !metrics.length;
  redraw(at(`${place}-title`), say(words, { count: metrics.length }));
  redraw(at(`${place}-metrics`), lines);
}

function drawAges(whole, known) {
  const board = mine(whole);
  if (!board) return;
  at("state").className = `title state-${board.touchpoint.state}`;
  redraw(at("state"),
    element("h1", {}, texts.touchpoint[name] || name), stateOf(board.touchpoint),
    element("span", { class: "quiet" }, detail(board.touchpoint, board, known)));
  const rows = filtered(board).anomalies.map((anomaly) => anomalyRow(anomaly, known, since(anomaly, known)));
  const none = hidesAll(board) ? texts.noneFits : texts.noneOpenHere;
  redraw(at("open"), rows.length ? rows : [element("li", { class: "quiet" }, none)]);
}

function since(anomaly, known) {
  const started = Date.parse(anomaly.started_at);
  const lasts = duration(known.dataNow - started);
  return element("span", { class: "quiet row-since" }, say(texts.since, { moment: known.moment(started), duration: lasts }));
}

for (const id of ["home", "back", "to-board"]) at(id).href = spoken(address("./"));
at("dead-letters").href = spoken(address("dead-letters"));
prepareFilter(draw);
prepareSearch(draw);
follow({ draw: drawPage, age: drawAges, hide: () => redraw(at("signals")) });
