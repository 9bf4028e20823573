// Where a change comes from, as a table with bars. Rate and mix differ in pattern and in words, not in colour alone.

import { element, svg } from "./element.js";
import { percent } from "./formats.js";
import { partText } from "./naming.js";
import { texts } from "./texts.js";

// They add up to the whole change. What recovers, or is over, keeps those whom it named when it was worst.
export function contributors({ contributors: parts, scope }) {
  if (!parts.length) return [element("p", { class: "quiet" }, texts.noContributors)];
  const words = texts.contributor;
  const mixed = parts.some((part) => part.mix);
  const head = [words.segment, "", words.share, ...(mixed ? [words.rate, words.mix] : [])];
  return [
    element("table", {},
      element("thead", {}, element("tr", {}, head.map((word) => (word ? element("th", { scope: "col" }, word) : element("td"))))),
      element("tbody", {}, parts.map((part) => row(part, scope, mixed)))),
    mixed ? element("p", { class: "quiet" }, texts.rateAndMix) : null,
  ];
}

export function contributorsTitle({ contributors: parts, state }) {
  if (!parts.length || state === "firing") return texts.contributors;
  return state === "resolved" ? texts.contributorsThen : texts.contributorsAtWorst;
}

function row(part, scope, mixed) {
  const whole = part.rate + part.mix;
  const rate = whole ? (part.share * part.rate) / whole : part.share;
  return element("tr", {},
    element("th", { scope: "row" }, partText(part, scope)),
    element("td", { class: "bar-cell" }, bar(rate, part.share - rate)),
    element("td", { class: "number share" }, percent(part.share)),
    ...(mixed ? [element("td", { class: "number" }, percent(rate)), element("td", { class: "number" }, percent(part.share - rate))] : []));
}

// What works against the change has no length here: its number says it.
function bar(rate, mix) {
  const first = clamp(rate);
  const second = Math.min(clamp(mix), 1 - first);
  return svg("svg", { class: "bar", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: "bar-track", width: 100, height: 8 }),
    svg("rect", { class: "bar-rate", width: first * 100, height: 8 }),
    svg("rect", { class: "bar-mix", x: first * 100, y: 2.5, width: second * 100, height: 3 }));
}

const clamp = (share) => Math.max(0, Math.min(1, share));
