// The page of one merchant: its open anomalies, its last day and its thirty days. A merchant's token sees its own only.

import { forgetSession } from "./actor.js";
import { anomalyRow } from "./anomaly_row.js";
import { element } from "./element.js";
import { clockFormats, plain, quantity } from "./formats.js";
import { at, headline, heard, prepare, showClock, tellSilence } from "./frame.js";
import { redraw } from "./redraw.js";
import { address, read, serverTime } from "./server.js";
import { language, list, say, spoken, texts } from "./texts.js";

const POLL_MS = 15_000;
const COLUMNS = ["metric", "day", "expected", "month", "cases"];
const NUMBERS = new Set(COLUMNS.slice(1));

let store = new URLSearchParams(location.search).get("name") || ""; // else the one that the token is for
let figures = null; // {store, metrics, elsewhere}
let board = null;
let formats = null;
let waiting = 0;

async function poll() {
  clearTimeout(waiting);
  if (!store) store = await own();
  const [asked, seen] = await Promise.all([
    store ? read(`api/v1/stores/${encodeURIComponent(store)}`) : { status: 404 },
    read("api/v1/board"),
  ]);
  if (asked.status === 401) figures = board = null;
  if (asked.status === 200) figures = asked.body;
  if (asked.status === 404) figures = { store, metrics: [], elsewhere: [] };
  if (seen.status === 200) {
    board = seen.body;
    formats = clockFormats(board.timezone);
  }
  heard(seen.status);
  if (board && figures) draw();
  waiting = setTimeout(poll, POLL_MS);
}

async function own() {
  const { body } = await read("api/v1/session");
  const seen = body?.sees?.store || [];
  return seen.length === 1 ? seen[0] : "";
}

function enterAnew() {
  forgetSession();
  return poll();
}

const titled = (metric) => (language === "zh" && metric.title_zh) || metric.title;

const CELLS = {
  metric: (metric) => titled(metric),
  day: (metric) => quantity(metric.day.value, metric.unit),
  expected: (metric) => (metric.day.expected === null ? null : quantity(metric.day.expected, metric.unit)),
  month: (metric) => quantity(metric.thirty_days.value, metric.unit),
  cases: (metric) => plain(metric.thirty_days.exposure),
};

function line(metric) {
  return element("tr", { "data-metric": metric.metric },
    COLUMNS.map((name) => element("td", { class: NUMBERS.has(name) ? "number" : null, "data-head": texts.storeColumn[name] }, CELLS[name](metric) || "\u2014")));
}

function draw() {
  const mine = board.anomalies.filter((anomaly) => anomaly.scope.store === store);
  const context = { title: (name) => (language === "zh" && board.titles[name]?.[1]) || board.titles[name]?.[0] || name };
  redraw(at("title"), store || texts.storeUnknown);
  redraw(at("anomalies"), mine.map((anomaly) => anomalyRow(anomaly, context)));
  at("calm").hidden = mine.length > 0;
  redraw(at("calm"), texts.nothingOpen);
  redraw(at("heads"), COLUMNS.map((name) => element("th", { scope: "col", class: NUMBERS.has(name) ? "number" : null }, texts.storeColumn[name])));
  redraw(at("rows"), figures.metrics.map(line));
  at("table").hidden = !figures.metrics.length;
  redraw(at("notes"), notes());
  headline(mine.length ? say(texts.openOnes, { count: mine.length }) : texts.allIsWell, mine.length ? "warning" : "calm");
  document.title = `${store || texts.storeUnknown} - Pharos`;
  showClock(formats, serverTime(), board.timezone, false);
}

function notes() {
  if (!store) return texts.storeUnknownMeaning;
  if (!figures.metrics.length && !figures.elsewhere.length) return texts.storeNothing;
  return figures.elsewhere.length ? say(texts.storeElsewhere, { metrics: list(figures.elsewhere) }) : "";
}

at("home").href = at("back").href = spoken(address("./"));
prepare(enterAnew);
setInterval(tellSilence, 1_000);
poll();
