// A new silence: what it would keep quiet is shown before it can be made.

import { actor, rename } from "./actor.js";
import { minutesInWords, refusal } from "./deed.js";
import { element } from "./element.js";
import { instant } from "./formats.js";
import { at } from "./frame.js";
import { redraw } from "./redraw.js";
import { write } from "./server.js";
import { say, texts } from "./texts.js";

const MINUTES = [15, 30, 60, 120, 240, 480, 1440, 4320, 10080];
const USUAL = 60;

let known = null;
let sending = false;

// `given`: {poll, moment, lines, tell}, how the list is asked for anew, how times and anomalies are told, and results.
export function prepareForm(given) {
  known = given;
  at("minutes").append(...MINUTES.map((count) =>
    element("option", { value: count, selected: count === USUAL ? "" : null }, minutesInWords(count))));
  at("matchers").value = new URLSearchParams(location.search).getAll("matcher").join("\n");
  at("actor").value = actor();
  at("matchers").addEventListener("input", forgetPreview);
  at("make").addEventListener("submit", (event) => {
    event.preventDefault();
    preview();
  });
  at("silence").addEventListener("click", make);
  if (at("matchers").value) preview();
}

const matchers = () => at("matchers").value.split("\n").map((text) => text.trim()).filter(Boolean);

function forgetPreview() {
  at("silence").hidden = true;
  redraw(at("matched"), "");
}

async function preview() {
  const { status, body } = await write("api/v1/silences/preview", { matchers: matchers() });
  mark("matchers", status !== 200 && body?.field === "matchers");
  if (status !== 200) {
    forgetPreview();
    known.tell(refusal(status, body), true);
    return;
  }
  known.tell("");
  redraw(at("matched"), [
    element("p", {}, say(body.matched ? texts.wouldBeQuiet : texts.nothingQuiet, { count: body.matched })),
    known.lines(body.anomalies)]);
  at("silence").hidden = false;
}

async function make() {
  const name = at("actor").value.trim();
  const reason = at("reason").value.trim();
  mark("actor", !name);
  mark("reason", !reason);
  if (!name || !reason) {
    known.tell(name ? texts.reasonMissing : texts.actorMissing, true);
    at(name ? "reason" : "actor").focus();
    return;
  }
  if (sending) return;
  sending = true;
  rename(name);
  known.tell(texts.sending);
  const { status, body } = await write("api/v1/silences", {
    matchers: matchers(), reason, actor: name, begins: at("begins").value, minutes: Number(at("minutes").value),
    end_on_resolve: at("end-on-resolve").checked,
  });
  sending = false;
  mark("begins", status !== 202 && body?.field === "begins");
  if (status !== 202) {
    known.tell(refusal(status, body), true);
    return;
  }
  const [from, moment] = [body.begins, body.until].map((time) => known.moment(instant(time)));
  known.tell(say(at("begins").value ? texts.silencedFrom : texts.silencedUntil, { from, moment }));
  at("matchers").value = at("reason").value = at("begins").value = "";
  forgetPreview();
  at("matchers").focus();
  known.poll();
}

const mark = (id, isWrong) => at(id).setAttribute("aria-invalid", String(isWrong));
