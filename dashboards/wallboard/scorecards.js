// The page of scorecards: what each part scores, what it will be tonight, and which level is about to be lost.

import { forgetSession } from "./actor.js";
import { refusal } from "./deed.js";
import { element } from "./element.js";
import { clockFormats, percent, plain, quantity } from "./formats.js";
import { at, headline, heard, prepare, showClock, tellSilence } from "./frame.js";
import { scopeText, titleOf } from "./naming.js";
import { redraw } from "./redraw.js";
import { address, read, serverTime } from "./server.js";
import { list, say, spoken, texts } from "./texts.js";

const POLL_MS = 10_000;
const SURE = 0.9; // from this chance on an anomaly is told
const COLUMNS = ["what", "value", "score", "weight", "tonight", "limit", "chance"];

let known = null; // {scorecards, titles, scores, more}
let refused = ""; // why the server tells nothing
let formats = null;
let timezone = "";
let waiting = 0;

async function poll() {
  clearTimeout(waiting);
  if (!formats) await readTimezone();
  const { status, body } = await read("api/v1/scorecards");
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

const atRisk = (one) => one.chance !== null && one.chance >= SURE;
const metricTitle = (name) => titleOf(known.titles[name] || [name, ""], name);

const CELLS = {
  what: (one) => metricTitle(one.metric),
  value: (one) => quantity(one.value, one.unit),
  score: (one) => plain(one.score),
  weight: (one) => percent(one.weight),
  tonight: (one) => one.tonight === null ? "" : say(texts.scorecardTonight, {
    value: quantity(one.tonight, one.unit), low: quantity(one.low, one.unit), high: quantity(one.high, one.unit),
  }),
  limit: (one) => one.limit === null ? "" : say(texts.scorecardLimit, { limit: quantity(one.limit, one.unit), level: one.level_yesterday }),
  chance: (one) => one.chance === null ? "" : percent(one.chance),
};

function row(one) {
  return element("tr", { class: atRisk(one) ? "risk" : null, "data-key": `${one.metric}/${one.window_s}` },
    COLUMNS.map((name) => element("td", { class: name === "what" ? null : "number", "data-head": texts.scorecardColumn[name] }, CELLS[name](one) || "\u2014")));
}

function card(score) {
  const found = known.scorecards.find((one) => one.name === score.scorecard);
  const title = found ? titleOf([found.title, found.title_zh], found.name) : score.scorecard;
  const numbers = { score: plain(score.score), level: score.level, tonight: score.tonight === null ? "" : plain(score.tonight) };
  return element("article", {
    class: `card ${[score, ...score.indicators].some(atRisk) ? "risk" : ""}`, "data-key": `${score.scorecard}|${JSON.stringify(score.scope)}`,
  },
    element("h2", {}, list([title, scopeText(score.scope)])),
    element("p", { class: "figure" }, say(score.tonight === null ? texts.scorecardScore : texts.scorecardScoreTonight, numbers)),
    element("p", { class: "quiet" }, list([
      score.category, say(texts.scorecardSince, { day: score.valid_from }), score.example ? texts.scorecardExample : "",
    ])),
    element("table", {},
      element("thead", {}, element("tr", {}, COLUMNS.map((name) => element("th", { scope: "col", class: name === "what" ? null : "number" }, texts.scorecardColumn[name])))),
      element("tbody", {}, score.indicators.map(row))),
    ...score.missing.map((one) => element("p", { class: "quiet" }, say(texts.scorecardMissing, {
      what: metricTitle(one.metric), cases: plain(one.cases), minimum: plain(one.minimum),
    }))));
}

function draw() {
  const scores = refused ? [] : known.scores;
  const risks = scores.flatMap((score) => score.indicators.filter(atRisk)).length;
  redraw(at("cards"), scores.map(card));
  redraw(at("notes"), refused || (known.more ? say(texts.scorecardsAbove, { count: plain(known.more) }) : ""));
  const words = scores.length ? say(texts.scorecardsKnown, { count: scores.length + known.more }) : texts.noScorecards;
  headline(refused || (risks ? say(texts.scorecardsAtRisk, { count: risks }) : words), risks ? "warning" : "mild");
  document.title = `${texts.scorecards} - Pharos`;
  showClock(formats, serverTime(), timezone, false);
}

for (const id of ["home", "back"]) at(id).href = spoken(address("./"));
prepare(enterAnew);
setInterval(tellSilence, 1_000);
poll();
