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
let locked = false; // the server wants a token
let exchanging = false; // the reader wants to enter another one

export function prepare(onEntered) {
  document.documentElement.lang = tag;
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = texts[node.dataset.text];
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", texts[node.dataset.label]);
  at("languages").append(...languages.map(switchTo));
  at("login").addEventListener("submit", (event) => enter(event, onEntered));
  at("login").addEventListener("keydown", ({ key }) => key === "Escape" && leaveLogin());
  at("login-leave").addEventListener("click", leaveLogin);
}

function switchTo({ code, tag: spokenTag, name }) {
  const button = element("button", { type: "button", lang: spokenTag, "aria-pressed": code === language }, name);
  button.addEventListener("click", () => choose(code));
  return button;
}

// Takes note of an answer's status; whether it is one to draw from.
export function heard(status) {
  const answered = status === 200 || status === 304 || status === 404;
  if (answered) answeredAt = Date.now();
  if (answered || status === 401) {
    locked = status === 401;
    showLogin();
  }
  tellSilence();
  return answered;
}

// For a token that may do more than the one in use; the page stays readable to who gives up.
export function askToken() {
  exchanging = true;
  showLogin();
  at("token").focus();
}

function leaveLogin() {
  exchanging = false;
  showLogin();
}

function showLogin() {
  at("login").hidden = !(locked || exchanging);
  document.querySelector("main").hidden = locked || exchanging;
  at("login-leave").hidden = locked;
  at("login-asks").textContent = locked ? texts.protectedBoard : texts.asksResponder;
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
  locked = exchanging = false;
  at("login").hidden = true;
  onEntered();
}
