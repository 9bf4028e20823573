// What surrounds every page: its words, the switch of languages, the clock, the banner of silence, the way in.

import { element } from "./element.js";
import { duration } from "./formats.js";
import { redraw } from "./redraw.js";
import { forget, write } from "./server.js";
import { choose, language, languages, list, say, tag, texts } from "./texts.js";

const STALE_MS = 10_000;

export const at = (id) => document.getElementById(id);

let answeredAt = null;
let askedFrom = Date.now();

export function prepare(onEntered) {
  document.documentElement.lang = tag;
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = texts[node.dataset.text];
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", texts[node.dataset.label]);
  at("languages").append(...languages.map(switchTo));
  at("login").addEventListener("submit", (event) => enter(event, onEntered));
}

function switchTo({ code, tag: spokenTag, name }) {
  const button = element("button", { type: "button", lang: spokenTag, "aria-pressed": code === language }, name);
  button.addEventListener("click", () => choose(code));
  return button;
}

// Takes note of an answer's status; whether it is one to draw from.
export function heard(status) {
  const locked = status === 401;
  const answered = status === 200 || status === 304 || status === 404;
  if (answered) answeredAt = Date.now();
  if (locked || answered) {
    at("login").hidden = !locked;
    document.querySelector("main").hidden = locked;
  }
  tellSilence();
  return answered;
}

export function tellSilence() {
  const silence = Date.now() - (answeredAt ?? askedFrom);
  const stale = at("login").hidden && silence > STALE_MS;
  document.body.classList.toggle("stale", stale);
  at("banner").hidden = !stale;
  const words = answeredAt === null ? texts.neverReached : say(texts.unreachable, { duration: duration(silence) });
  if (stale) redraw(at("banner"), words);
}

export function showClock(formats, moment, timezone, replaying) {
  redraw(at("clock"), formats.clock(moment));
  redraw(at("day"), list([formats.day(moment), timezone.replaceAll("_", " "), replaying ? texts.replayedTime : ""]));
}

export function headline(words, mood) {
  document.body.dataset.mood = mood;
  if (at("headline").textContent !== words) at("headline").textContent = words;
}

async function enter(event, onEntered) {
  event.preventDefault();
  const { status } = await write("api/v1/session", { token: at("token").value });
  at("token").value = "";
  at("login-problem").textContent = status === 200 ? "" : status ? texts.unknownToken : texts.neverReached;
  if (status !== 200) return;
  forget();
  askedFrom = Date.now();
  at("login").hidden = true;
  onEntered();
}
