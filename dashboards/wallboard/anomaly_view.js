// The parts of an anomaly's page that are text: title line, facts, why it was noticed, and what it is linked to.

import { element, link } from "./element.js";
import { duration, plain, quantity } from "./formats.js";
import { anomalyLink, badge, marks, scopeText, titleOf, tone, touchpointOf, versus, where } from "./naming.js";
import { list, say, texts } from "./texts.js";

// [severity][what][where][value against expected]
export function titleLine(anomaly, context) {
  return [
    element("div", { class: "title-top" },
      badge(anomaly), element("span", { class: "quiet" }, touchpointOf(anomaly)), marks(anomaly, context.moment)),
    element("div", { class: "title-what" }, element("h1", {}, context.title), where(anomaly.scope)),
    element("div", { class: "title-value" },
      element("span", { class: "figure" }, quantity(context.present.value, anomaly.unit)),
      element("span", { class: "against" }, versus(context.present))),
  ];
}

export function facts(anomaly, context) {
  const started = Date.parse(anomaly.started_at);
  const ended = Date.parse(anomaly.ended_at ?? "");
  const over = Number.isFinite(ended);
  const words = texts.facts;
  const found = [
    [words.since, context.moment(started)],
    over ? [words.ended, context.moment(ended)] : null,
    [over ? words.lasted : words.lasts, duration((over ? ended : context.dataNow) - started)],
    [words.noticed, duration(Date.parse(anomaly.detected_at) - started)],
    [anomaly.severity === "info" ? words.peak : words.worst, quantity(context.present.peak, anomaly.unit)],
    anomaly.affected ? [words.affected, say(texts.affected, { count: plain(anomaly.affected) })] : null,
    context.forecast ? [words.forecast, forecast(context.forecast)] : null,
    ...(anomaly.staffing ? staffing(anomaly.staffing, words) : []),
    [words.exposure, exposure(anomaly)],
    [words.score, say(texts.limit, { value: plain(highest(anomaly)) })],
  ];
  return found.filter(Boolean).map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value)));
}

const forecast = ({ missed, open_cases: open, usual }) =>
  say(texts.forecast, { missed: plain(Math.round(missed)), open: plain(Math.round(open)), usual: plain(Math.round(usual)) });

function staffing(need, words) {
  const percent = (share) => `${plain(Math.round(100 * share))}%`;
  const numbers = {
    ...need, missing: plain(Math.max(need.needed - need.staffed, 0)), target: percent(need.target), within: duration(1000 * need.within_s),
    level: percent(need.level), later: percent(need.level_in_15_min),
  };
  const ahead = { soon: plain(need.needed_in_15_min), later: plain(need.needed_in_30_min) };
  const spare = (need.spare || []).map(({ queue, agents }) => `${queue} ${plain(agents)}`);
  return [
    [words.staffing, say(texts.staffing, numbers)],
    [words.agentsAhead, say(texts.agentsAhead, ahead)],
    spare.length ? [words.spare, say(texts.spare, { named: list(spare) })] : null,
  ];
}

const highest = (anomaly) => Math.max(anomaly.score ?? NaN, ...anomaly.timeline.map((entry) => entry.score ?? 0));

const exposure = (anomaly) =>
  say(texts.exposure, { count: plain(Math.round(anomaly.exposure)), duration: duration(anomaly.window_s * 1000) });

const SAYS_NOTHING = ["NORMAL", "INSUFFICIENT_EXPOSURE", "WARMING_UP", "CLOSED", "BELOW_MINIMUM_EFFECT"];

// What is over was judged normal last: why it was noticed stands further back in its time line.
export function why(anomaly) {
  const { unit } = anomaly;
  const told = anomaly.timeline.findLast((entry) => entry.reason && !SAYS_NOTHING.includes(entry.reason));
  const reason = SAYS_NOTHING.includes(anomaly.reason) && told ? told.reason : anomaly.reason;
  const numbers = {
    value: quantity(anomaly.value, unit), lower: quantity(anomaly.lower, unit), upper: quantity(anomaly.upper, unit),
    duration: duration(anomaly.window_s * 1000),
  };
  return [
    element("p", {}, Object.hasOwn(texts.reason, reason) ? texts.reason[reason] : say(texts.otherReason, { reason })),
    element("p", { class: "quiet" }, say(anomaly.window_s ? texts.judgedFrom : texts.judgedAgainst, numbers)),
  ];
}

export function linked({ cause, symptoms }) {
  if (!cause && !symptoms.length) return [element("p", { class: "quiet" }, texts.notLinked)];
  return [
    ...(cause ? [element("h3", {}, texts.cause), element("ul", {}, other(cause))] : []),
    ...(symptoms.length ? [element("h3", {}, texts.symptomsShort), element("ul", {}, symptoms.map(other))] : []),
  ];
}

function other(anomaly) {
  const { name, title, title_zh: chinese } = anomaly.metric;
  return element("li", { class: `tone-${tone(anomaly)}`, "data-fingerprint": anomaly.fingerprint },
    element("span", { class: "linked-what" },
      anomalyLink(anomaly.fingerprint, titleOf([title, chinese], name)), element("span", { class: "quiet" }, scopeText(anomaly.scope))),
    element("span", { class: "linked-value" }, quantity(anomaly.value, anomaly.unit), element("span", { class: "quiet" }, versus(anomaly))),
    badge(anomaly));
}

export function further(anomaly) {
  const links = [link(anomaly.runbook_url, texts.runbook), link(anomaly.board_url, texts.dashboard)];
  return [
    ...links.filter(Boolean).map((found) => element("li", {}, found)),
    element("li", { class: "quiet" }, `${texts.id} `, element("code", {}, anomaly.fingerprint)),
  ];
}
