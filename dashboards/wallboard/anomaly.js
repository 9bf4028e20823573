// The page of one anomaly: asks for it and for the course of its series, and draws both.

import { offer } from "./act.js";
import { forgetSession, learnSession } from "./actor.js";
import { contributors, contributorsTitle } from "./contributors.js";
import { course, worst } from "./course.js";
import { facts, further, linked, titleLine, why } from "./anomaly_view.js";
import { clockFormats } from "./formats.js";
import { at, headline, heard, prepare, showClock, tellSilence } from "./frame.js";
import { titleOf, tone } from "./naming.js";
import { proposals } from "./proposals.js";
import { subject } from "./query.js";
import { redraw } from "./redraw.js";
import { address, anomalyPath, read, serverTime } from "./server.js";
import { list, say, spoken, texts } from "./texts.js";
import { timeline } from "./timeline.js";

const POLL_MS = 2_000;
const COURSE_POLLS = 5; // a tick comes every ten seconds
const REPLAY_MS = 3_600_000;
const FRESH_MS = 600_000;

const fingerprint = subject();
let anomaly = null;
let around = null; // names, links and points
let formats = null;
let polls = 0;
let waiting = 0;

async function poll() {
  clearTimeout(waiting);
  const { status, body } = await read(anomalyPath(fingerprint));
  const news = status === 200 && body.timeline.length !== anomaly?.timeline.length;
  if (status === 200) anomaly = body;
  if (status === 200 && (news || !around || polls % COURSE_POLLS === 0)) await readCourse();
  polls += 1;
  if (heard(status)) status === 404 ? tellUnknown() : draw();
  waiting = setTimeout(poll, POLL_MS);
  if (anomaly && await learnSession()) draw();
}

function enterAnew() {
  forgetSession();
  return poll();
}

async function readCourse() {
  const { status, body } = await read(`${anomalyPath(fingerprint)}/course`);
  if (status !== 200) return;
  around = body;
  formats = clockFormats(around.timezone);
}

function tellUnknown() {
  at("anomaly").hidden = true;
  at("unknown").hidden = false;
  at("unknown-meaning").textContent = say(texts.unknownMeaning, { id: fingerprint });
  headline(texts.unknown, "blind");
}

function context() {
  const now = serverTime();
  const replaying = around.time !== null && Math.abs(now - around.time) > REPLAY_MS;
  const dataNow = replaying ? around.time : Math.max(now, around.time || 0);
  return {
    now, dataNow, replaying, formats,
    title: titleOf([around.metric.title, around.metric.title_zh], anomaly.metric),
    moment: (time) => formats.moment(time, dataNow),
    present: present(), forecast: around.forecast,
  };
}

// What was told last, and what the course shows since: between transitions nothing is told.
function present() {
  const told = Math.max(...anomaly.timeline.map((entry) => entry.time), 0);
  const last = around.points.findLast((point) => point[1] !== null);
  const newer = anomaly.state !== "resolved" && last && last[0] > told && around.time - last[0] < FRESH_MS;
  const peak = worst(around.points, anomaly);
  return newer ? { ...anomaly, peak, value: last[1], expected: last[2] ?? anomaly.expected } : { ...anomaly, peak };
}

function draw() {
  if (!anomaly || !around) return;
  at("unknown").hidden = true;
  at("anomaly").hidden = false;
  const known = context();
  const colour = tone(anomaly);
  at("anomaly").className = `anomaly tone-${colour}`;
  redraw(at("contributors-title"), contributorsTitle(anomaly));
  redraw(at("contributors"), contributors(anomaly));
  redraw(at("timeline"), timeline(anomaly, known));
  redraw(at("why"), why(anomaly));
  redraw(at("linked"), linked(around));
  redraw(at("links"), further(anomaly));
  redraw(at("proposals"), proposals(anomaly, known));
  redraw(at("course-note"), Object.keys(anomaly.scope).length && around.points.length ? texts.courseSource : "");
  offer(anomaly);
  drawAges(known);
  const state = list([texts.severity[anomaly.severity] || anomaly.severity, texts.anomalyState[anomaly.state] || anomaly.state]);
  headline(state, { critical: "critical", warning: "warning", resolved: "calm" }[colour] || "mild");
  document.title = `${state}: ${known.title}`;
}

function drawAges(known) {
  redraw(at("title"), titleLine(anomaly, known));
  redraw(at("facts"), facts(anomaly, known));
  drawCourse(known);
  showClock(formats, known.replaying ? known.dataNow : known.now, around.timezone, known.replaying);
}

function drawCourse(known) {
  redraw(at("course"), course(around.points, known.present, known, at("course").clientWidth));
}

// Links out of this page keep the language that its address asks for.
for (const id of ["home", "back", "to-board"]) at(id).href = spoken(address("./"));
prepare(enterAnew);
offer.ready(fingerprint, { poll, moment: (time) => (formats ? context().moment(time) : "") });
new ResizeObserver(() => anomaly && around && drawCourse(context())).observe(at("course"));
setInterval(() => {
  tellSilence();
  if (anomaly && around) drawAges(context());
}, 1_000);
poll();
