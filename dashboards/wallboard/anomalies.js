// Open anomalies, causes with their symptoms below them, and the list of what was resolved.

import { anomalyRow } from "./anomaly_row.js";
import { element, link, svg } from "./element.js";
import { duration, percent, quantity } from "./formats.js";
import { anomalyLink, badge, marks, partText, scopeText, tone, touchpointOf, versus, where } from "./naming.js";
import { asTold, hands } from "./row_actions.js";
import { say, texts } from "./texts.js";

const SHOWN_CONTRIBUTORS = 3;
const SHOWN_IN_FULL = 4; // a wall does not scroll: later cards, and calm ones, say what and where only
const SHOWN_WITH_NOTICES = 5; // notices fill the room that others leave

// Symptoms whose cause is open are drawn inside the cause.
export function openAnomalies(board, context) {
  const byFingerprint = new Map(board.anomalies.map((anomaly) => [anomaly.fingerprint, anomaly]));
  const roots = board.anomalies.filter((anomaly) => !byFingerprint.has(anomaly.caused_by));
  const inFull = roots.length > SHOWN_IN_FULL ? SHOWN_IN_FULL / 2 : SHOWN_IN_FULL;
  const others = roots.filter((anomaly) => anomaly.severity !== "info").length;
  const notices = Math.max(1, SHOWN_WITH_NOTICES - others);
  const shown = roots.slice(0, others + notices);
  const cards = shown.map((root, place) => {
    const anomaly = asTold(root);
    const symptoms = board.anomalies.filter((other) => other.caused_by === anomaly.fingerprint);
    return card(anomaly, symptoms, context, place >= inFull || !isPressing(anomaly));
  });
  if (shown.length < roots.length) {
    cards.push(element("p", { class: "quiet" }, say(texts.moreNotices, { count: roots.length - shown.length })));
  }
  const hidden = board.open - board.anomalies.length;
  if (hidden > 0) cards.push(element("p", { class: "quiet" }, say(texts.more, { count: hidden })));
  return cards;
}

const isPressing = (anomaly) => ["critical", "warning"].includes(tone(anomaly));

function card(anomaly, symptoms, context, compact) {
  return element("article", { class: `card tone-${tone(anomaly)} ${compact ? "compact" : ""}`, "data-fingerprint": anomaly.fingerprint },
    element("div", { class: "card-top" },
      badge(anomaly),
      element("span", { class: "card-touchpoint" }, touchpointOf(anomaly)),
      marks(anomaly, context.moment),
      element("span", { class: "card-since" }, since(anomaly, context)),
      hands(anomaly, context)),
    element("div", { class: "card-body" },
      element("div", { class: "card-what" },
        element("h3", {}, anomalyLink(anomaly.fingerprint, context.title(anomaly.metric))),
        where(anomaly.scope)),
      element("div", { class: "card-value" },
        element("span", { class: "figure" }, quantity(anomaly.value, anomaly.unit)),
        element("span", { class: "against" }, versus(anomaly)))),
    compact ? null : contributors(anomaly),
    symptomList(symptoms, context),
    compact ? null : foot(anomaly, context));
}

function since(anomaly, context) {
  const started = Date.parse(anomaly.started_at);
  return say(texts.since, { moment: context.moment(started), duration: duration(context.dataNow - started) });
}

function contributors(anomaly) {
  const shown = anomaly.contributors.slice(0, SHOWN_CONTRIBUTORS);
  if (!shown.length) return null;
  return element("div", { class: "contributors" },
    element("h4", {}, texts.contributors),
    element("ul", {}, shown.map((contributor) => element("li", {},
      element("span", { class: "contributor-name" }, partText(contributor, anomaly.scope)),
      bar(contributor.share),
      element("span", { class: "contributor-share" }, percent(contributor.share))))));
}

function bar(share) {
  const part = Math.max(0, Math.min(1, share)) * 100;
  return svg("svg", { class: "bar", viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: "bar-track", width: 100, height: 6 }),
    svg("rect", { class: "bar-part", width: part, height: 6 }));
}

function symptomList(symptoms, context) {
  if (!symptoms.length) return null;
  return element("div", { class: "symptoms" },
    element("h4", {}, texts.symptoms),
    element("ul", { class: "anomaly-rows" }, symptoms.map((symptom) => anomalyRow(symptom, context))));
}

function foot(anomaly, context) {
  const cause = anomaly.caused_by
    ? element("span", {}, anomalyLink(anomaly.caused_by, say(texts.causedBy, { what: context.describe(anomaly.caused_by) })))
    : null;
  const score = Number.isFinite(anomaly.score) ? anomaly.score.toFixed(1) : "\u2014";
  return element("p", { class: "card-foot" },
    cause,
    element("span", { title: texts.scoreMeaning }, say(texts.score, { value: score })),
    element("span", {}, say(texts.worst, { value: quantity(anomaly.peak, anomaly.unit) })),
    link(anomaly.board_url, texts.dashboard),
    link(anomaly.runbook_url, texts.runbook));
}

export function resolvedAnomalies(anomalies, context) {
  return anomalies.map((anomaly) => {
    const started = Date.parse(anomaly.started_at);
    const ended = Date.parse(anomaly.ended_at || anomaly.detected_at);
    return element("li", { "data-fingerprint": anomaly.fingerprint },
      element("time", { datetime: anomaly.ended_at }, context.moment(ended)),
      element("span", { class: "resolved-what" },
        anomalyLink(anomaly.fingerprint, context.title(anomaly.metric)),
        element("span", { class: "quiet" }, scopeText(anomaly.scope))),
      element("span", { class: "quiet resolved-lasted" }, say(texts.lasted, { duration: duration(ended - started) })));
  });
}
