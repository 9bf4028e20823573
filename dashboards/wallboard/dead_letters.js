// The page of dead letters: which records could not be counted, what is wrong with them, how many, and since when.

import { forgetSession } from "./actor.js";
import { refusal } from "./deed.js";
import { element } from "./element.js";
import { topicOf } from "./feeds.js";
import { clockFormats, instant, plain } from "./formats.js";
import { at, headline, heard, prepare, showClock, tellSilence } from "./frame.js";
import { redraw } from "./redraw.js";
import { address, read, serverTime } from "./server.js";
import { say, spoken, texts } from "./texts.js";

const POLL_MS = 5_000;
const COLUMNS = ["reason", "detail", "topic", "source", "count", "since", "last", "place"];
const NUMBERS = new Set(["count"]);

let known = null; // {dead_letters, total, skipped, refused}
let refused = ""; // why the server tells nothing
let formats = null;
let timezone = "";
let waiting = 0;

async function poll() {
  clearTimeout(waiting);
  if (!formats) await readTimezone();
  const { status, body } = await read("api/v1/dead-letters");
  if (status === 401) known = null;
  if (status === 200) known = body;
  refused = status === 403 ? refusal(status, body) : "";
  heard(status === 403 ? 200 : status);
  if (formats && (known || refused)) draw();
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
  return poll();
}

const moment = (time) => formats.moment(instant(time), serverTime());

const CELLS = {
  reason: (row) => texts.deadLetterReason[row.reason] || row.reason,
  detail: (row) => row.detail && element("code", {}, row.detail),
  topic: topicOf,
  source: (row) => row.source,
  count: (row) => plain(row.count),
  since: (row) => moment(row.since),
  last: (row) => moment(row.last),
  place: (row) => say(texts.deadLetterPlace, row),
};

function cell(name, row) {
  return element("td", { class: NUMBERS.has(name) ? "number" : null, "data-head": texts.deadLetterColumn[name] }, CELLS[name](row) || "\u2014");
}

function line(row) {
  return element("tr", { "data-key": JSON.stringify([row.reason, row.detail, row.topic, row.source]) },
    COLUMNS.map((name) => cell(name, row)));
}

function draw() {
  const rows = refused ? [] : known.dead_letters;
  redraw(at("heads"), COLUMNS.map((name) => element("th", { scope: "col", class: NUMBERS.has(name) ? "number" : null }, texts.deadLetterColumn[name])));
  redraw(at("rows"), rows.map(line));
  at("table").hidden = !rows.length;
  const words = rows.length ? say(texts.deadLettersKnown, { count: known.total }) : texts.noDeadLetters;
  redraw(at("notes"), note());
  headline(refused || (known.refused ? texts.deadLetters : words), "mild");
  document.title = `${texts.deadLetters} - Pharos`;
  showClock(formats, serverTime(), timezone, false);
}

function note() {
  if (refused) return refused;
  if (known.refused) return texts.deadLettersUnread;
  return known.skipped ? say(texts.deadLettersSkipped, { count: plain(known.skipped) }) : "";
}

for (const id of ["home", "back"]) at(id).href = spoken(address("./"));
prepare(enterAnew);
setInterval(tellSilence, 1_000);
poll();
