// The board as the server tells it, asked for every two seconds, for the pages that draw it. What is old is said to be old.

import { forgetSession, learnSession } from "./actor.js";
import { clockFormats } from "./formats.js";
import { heard, prepare, showClock, tellSilence } from "./frame.js";
import { scopeText, titleOf } from "./naming.js";
import { forget, read, serverTime } from "./server.js";
import { list } from "./texts.js";

const POLL_MS = 2_000;
const REPLAY_MS = 3_600_000;

let board = null;
let formats = null;
let waiting = 0;
let page = null;

// `drawn`: {draw, age, hide}. The first two are given the board and its context, and draw all, or what grows older while
// nothing else changes, also while the server does not answer; the third clears the page for who may not see it.
export function follow(drawn) {
  page = drawn;
  prepare(enterAnew);
  setInterval(() => {
    tellSilence();
    age();
  }, 1_000);
  poll();
}

export async function poll() {
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

function hide() {
  board = formats = null;
  forget();
  page.hide();
}

export function draw() {
  if (!board) return;
  page.draw(board, context());
  age();
}

function age() {
  if (!board) return;
  const known = context();
  page.age(board, known);
  showClock(formats, known.replaying ? known.dataNow : known.now, board.timezone, known.replaying);
}

// How times, metrics and anomalies are told here; null before anything is known.
export function context() {
  if (!board) return null;
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
