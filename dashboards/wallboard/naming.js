// How an anomaly is named: what, where, how grave, who is on it; and where its page and its touchpoint's lie.

import { element } from "./element.js";
import { instant, quantity } from "./formats.js";
import { address } from "./server.js";
import { language, list, say, spoken, texts } from "./texts.js";

export const titleOf = (names, fallback) => (language === "zh" ? names?.[1] : "") || names?.[0] || fallback.replaceAll("_", " ");

export const dimension = (name) => texts.dimension[name] || name.replaceAll("_", " ");

export const touchpointOf = (anomaly) => texts.touchpoint[anomaly.touchpoint] || anomaly.touchpoint;

export function scopeText(scope) {
  return list(Object.entries(scope).map(([name, value]) => `${dimension(name)} ${value || "\u2014"}`)) || texts.whole;
}

// A part of an anomaly, without what its own scope says already; with that very scope it is all that is not named.
export function partText(part, scope) {
  const left = Object.entries(part.scope).filter(([name, value]) => scope[name] !== value);
  return left.length ? scopeText(Object.fromEntries(left)) : texts.rest;
}

export function where(scope) {
  const entries = Object.entries(scope);
  if (!entries.length) return element("p", { class: "where" }, texts.whole);
  return element("p", { class: "where" }, entries.map(([name, value]) =>
    element("span", { class: "dimension" }, element("span", { class: "dimension-name" }, dimension(name)), value || "\u2014")));
}

// What colours an anomaly: a recovering one is calmer than its severity, and a resolved one is calm.
export function tone(anomaly) {
  if (anomaly.state === "resolved") return "resolved";
  return anomaly.severity !== "info" && anomaly.state === "recovering" ? "recovering" : anomaly.severity;
}

// A shape beside the colour, so that neither carries the meaning alone.
export function mark(state) {
  const shapes = {
    critical: "\u25c6", warning: "\u25b2", stale: "\u25cc", no_data: "\u25cb", recovering: "\u21ba", info: "\u2605",
    replay: "\u25b6", normal: "\u25cf", unwatched: "\u2013",
  };
  return element("span", { class: "mark", "aria-hidden": "true" }, shapes[state] || "");
}

export function badge(anomaly) {
  const state = anomaly.state === "firing" ? "" : texts.anomalyState[anomaly.state] || anomaly.state;
  return element("span", { class: `badge tone-${tone(anomaly)}` }, list([texts.severity[anomaly.severity] || anomaly.severity, state]));
}

export function versus(anomaly) {
  const arrow = anomaly.direction === "up" ? "\u25b2" : "\u25bc";
  return `${arrow} ${say(texts.expected, { value: quantity(anomaly.expected, anomaly.unit) })}`;
}

// The page of an anomaly, under any text.
export function anomalyLink(fingerprint, ...children) {
  return element("a", { class: "anomaly-link", href: spoken(address(`anomalies/${encodeURIComponent(fingerprint)}`)) }, ...children);
}

// The page of a touchpoint, under its name.
export function touchpointLink(name, query = {}, attributes = {}) {
  const page = address(`touchpoints/${encodeURIComponent(name)}`);
  for (const [key, value] of Object.entries(query)) page.searchParams.set(key, value);
  return element("a", { class: "touchpoint-link", href: spoken(page), ...attributes }, texts.touchpoint[name] || name);
}

// Who is on it, and until when. The server may not know of acknowledgements at all.
export function marks(anomaly, moment) {
  const found = [["acked", texts.acked], ["snoozed", texts.snoozed]].filter(([name]) => anomaly[name]);
  const words = found.map(([name, text]) => {
    const until = instant(anomaly[name].until);
    return list([say(text, { by: anomaly[name].by }), Number.isFinite(until) ? say(texts.until, { moment: moment(until) }) : ""]);
  });
  if (anomaly.assigned) words.push(say(texts.assignedTo, { to: anomaly.assigned.to }));
  if (anomaly.silenced?.length) words.push(texts.silencedMark);
  if (anomaly.maintenance) words.push(say(texts.maintenanceMark, { name: anomaly.maintenance }));
  if (anomaly.inhibited_by && !anomaly.caused_by) words.push(texts.inhibitedMark);
  if (anomaly.feedback) {
    const verdict = texts.verdict[anomaly.feedback.verdict] || anomaly.feedback.verdict;
    words.push(say(texts.assessed, { by: anomaly.feedback.by, verdict }));
  }
  return words.map((text) => element("span", { class: "mark-of-hand" }, text));
}
