// The anomalies of a run, one card each: what, where, how far from expected, where it came from, and whether it was right.

import { element } from "./element.js";
import { duration, percent, quantity } from "./formats.js";
import { badge, partText, scopeText, touchpointOf, versus, where } from "./naming.js";
import { anomalies, story } from "./run_data.js";
import { words } from "./run_words.js";
import { list, say, texts } from "./texts.js";

export function card(anomaly, view, onShow) {
  const button = element("button", { type: "button" }, words.showInChart);
  button.addEventListener("click", () => onShow(anomaly));
  return element("li", { class: `card tone-${anomaly.severity}` },
    element("p", { class: "card-top" }, badge({ ...anomaly, state: "firing" }), element("span", {}, touchpointOf(anomaly)), times(anomaly, view)),
    element("h3", {}, anomaly.title), where(anomaly.scope),
    element("p", {}, element("span", { class: "figure" }, quantity(anomaly.peak, anomaly.unit)), " ", element("span", { class: "against" }, versus(anomaly))),
    element("p", { class: "quiet" }, texts.reason[anomaly.reason] || anomaly.reason),
    parts(anomaly), cause(anomaly), judged(anomaly), sides(anomaly),
    element("p", { class: "card-foot" }, anomaly.messages.length ? say(words.messagesSent, { count: anomaly.messages.length }) : words.noMessage, " ", button));
}

function times(anomaly, view) {
  const lasted = anomaly.ended ? say(texts.lasted, { duration: duration(anomaly.until - anomaly.from) }) : words.notResolved;
  const detected = say(words.detectedAt, { moment: view.formats.clock(anomaly.detected) });
  return element("span", { class: "card-since" }, list([detected, lasted]));
}

function parts(anomaly) {
  if (!anomaly.contributors.length) return element("p", { class: "quiet" }, words.noPart);
  return element("ul", { class: "parts", "aria-label": texts.contributors }, anomaly.contributors.slice(0, 4).map((part) =>
    element("li", {}, partText(part, anomaly.scope), " ", element("span", { class: "quiet" }, percent(part.share)))));
}

function cause(anomaly) {
  const one = anomaly.caused_by && anomalies.find((other) => other.side === anomaly.side && other.fingerprint === anomaly.caused_by);
  if (one) return element("p", {}, say(texts.causedBy, { what: `${one.title}, ${scopeText(one.scope)}` }));
  return anomaly.cause_of.length ? element("p", {}, say(words.causes, { count: anomaly.cause_of.length })) : null;
}

function judged(anomaly) {
  if (!anomaly.ruling) return null;
  const good = anomaly.ruling === "hit" || anomaly.ruling === "symptom" || anomaly.ruling === "info";
  return element("p", { class: good ? "right" : "wrong" }, say(words.ruling[anomaly.ruling], { entry: anomaly.entry }));
}

function sides(anomaly) {
  if (story.sides.length < 2) return null;
  if (anomaly.pair === undefined) return element("p", { class: "only" }, say(words.side.only, { name: story.sides[anomaly.side] }));
  const [here, there] = [story.sides[anomaly.side], story.sides[1 - anomaly.side]];
  const when = anomaly.pair ? say(words.earlier, { duration: duration(Math.abs(anomaly.pair) * 1000), name: anomaly.pair > 0 ? here : there }) : words.sameMoment;
  return element("p", { class: "quiet" }, list([words.side.both, when]));
}
