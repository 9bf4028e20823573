// What happened to an anomaly, newest first: what the detectors told, and what people and systems did.

import { element } from "./element.js";
import { instant, percent, quantity } from "./formats.js";
import { step } from "./proposals.js";
import { list, say, texts } from "./texts.js";

export function timeline(anomaly, context) {
  const began = Date.parse(anomaly.started_at);
  const entries = anomaly.timeline.map((entry) => line(entry, anomaly, context));
  if (Number.isFinite(began)) entries.unshift({ time: began, what: texts.happened.began, kind: "began" });
  return entries.toReversed().toSorted((one, other) => other.time - one.time).map((entry) =>
    element("li", { class: `happened ${entry.kind}` },
      element("time", Number.isFinite(entry.time) ? { datetime: stamp(entry.time) } : {}, context.moment(entry.time)),
      element("span", { class: "happened-what" }, entry.what, " ",
        entry.more ? element("span", { class: "quiet" }, entry.more) : null,
        entry.note ? element("q", {}, entry.note) : null)));
}

function line(entry, anomaly, context) {
  if (entry.step) return step(entry);
  if (entry.effect) return effect(entry, context);
  return entry.action ? deed(entry) : transition(entry, anomaly);
}

const stamp = (time) => (Math.abs(time) < 8.64e15 ? new Date(time).toISOString() : "");

// A worker that began later knows only what kind of change it was.
function transition(entry, anomaly) {
  const kind = entry.change.slice(entry.change.lastIndexOf(".") + 1);
  const severity = entry.why === "escalated" ? texts.severity[entry.severity] : "";
  const against = say(texts.expected, { value: quantity(entry.expected, anomaly.unit) });
  return {
    time: instant(entry.time), kind,
    what: texts.happened[entry.why] || texts.happened[kind] || kind,
    more: list([severity, quantity(entry.value, anomaly.unit), against]),
  };
}

// What feedback changed in the detectors, a minute after it was given.
function effect(entry, context) {
  const until = instant(entry.until);
  const more = list([
    entry.limit > 1 ? say(texts.limitRaised, { percent: percent(entry.limit - 1) }) : "",
    Number.isFinite(until) ? say(texts.quietUntil, { moment: context.moment(until) }) : "",
    entry.level ? say(texts.newLevel, { percent: percent(entry.level) }) : "",
  ]);
  return { time: instant(entry.time), kind: "by-hand", what: texts.effect[entry.effect] || entry.effect, more };
}

function deed(entry) {
  const verdict = entry.verdict ? texts.verdict[entry.verdict] || entry.verdict : "";
  const what = texts.action[entry.action] || entry.action;
  return { time: instant(entry.time), kind: "by-hand", what, more: list([entry.actor, verdict, entry.assignee ? say(texts.assignedTo, { to: entry.assignee }) : ""]), note: entry.note };
}
