// A tile a touchpoint: its state, its leading signals, and what deviates there now. The rest is on its page.

import { element } from "./element.js";
import { topicOf } from "./feeds.js";
import { duration, quantity } from "./formats.js";
import { anomalyLink, mark, scopeText, tone, touchpointLink } from "./naming.js";
import { isMissing, signal } from "./signals.js";
import { list, say, texts } from "./texts.js";

const SHOWN_DEVIATING = 3;

export function touchpointTiles(board, context) {
  return board.touchpoints.map((touchpoint) => {
    const metrics = board.metrics.filter((metric) => metric.touchpoint === touchpoint.name);
    const leading = metrics.filter((metric) => metric.leading);
    return element("li", { class: `touchpoint state-${touchpoint.state}`, "data-touchpoint": touchpoint.name, "data-key": touchpoint.name },
      element("div", { class: "touchpoint-head" },
        element("h3", { class: "touchpoint-name" }, touchpointLink(touchpoint.name)),
        stateOf(touchpoint)),
      leading.length ? element("ul", { class: "leading" }, leading.map((metric) => signal(metric, board, context))) : null,
      deviations(board.anomalies.filter((anomaly) => anomaly.touchpoint === touchpoint.name), context),
      foot([detail(touchpoint, board, context), ...counted(touchpoint, board, metrics)]));
  });
}

export const stateOf = ({ state }) => element("span", { class: "touchpoint-state" }, mark(state), texts.state[state]);

export function detail(touchpoint, board, context) {
  if (touchpoint.open) return say(texts.openOnes, { count: touchpoint.open });
  if (touchpoint.name === "pipeline" && touchpoint.state === "stale") {
    const late = board.sources.filter((source) => source.state === "silent" || source.state === "behind");
    if (late.length > 2) return say(texts.lateFeeds, { late: late.length, all: board.sources.length });
    return say(texts.lateTopics, { topics: list(late.map(topicOf)) });
  }
  return touchpoint.state === "no_data" && touchpoint.heard
    ? say(texts.lastSeen, { duration: duration(context.dataNow - touchpoint.heard) })
    : null;
}

// The board tells the gravest first: a row a metric, for its gravest anomaly.
function deviations(anomalies, context) {
  if (!anomalies.length) return null;
  const byMetric = new Map();
  for (const anomaly of anomalies) byMetric.set(anomaly.metric, [...(byMetric.get(anomaly.metric) || []), anomaly]);
  const rows = [...byMetric.values()];
  const hidden = rows.length - SHOWN_DEVIATING;
  return element("ul", { class: "deviating", "aria-label": texts.deviating },
    rows.slice(0, SHOWN_DEVIATING).map((all) => deviation(all, context)),
    hidden > 0 ? element("li", { class: "quiet", "data-key": "more" }, say(texts.moreDeviating, { count: hidden })) : null);
}

function deviation([gravest, ...others], context) {
  const where = others.length ? say(texts.partsDeviate, { count: others.length + 1 }) : scopeText(gravest.scope);
  return element("li", { class: `tone-${tone(gravest)}`, "data-fingerprint": gravest.fingerprint },
    mark(tone(gravest)),
    element("span", { class: "unseen" }, texts.state[tone(gravest)] || gravest.severity),
    element("span", { class: "deviating-what" },
      anomalyLink(gravest.fingerprint, context.title(gravest.metric)),
      " ", element("span", { class: "quiet" }, where)),
    element("span", { class: "deviating-value" }, quantity(gravest.value, gravest.unit)));
}

const foot = (words) => (list(words) ? element("p", { class: "touchpoint-foot" }, list(words)) : null);

// Who sees a part only is told nothing of the whole's signals.
function counted(touchpoint, board, metrics) {
  if (!board.whole) return [];
  const parts = board.parts_only.filter((metric) => metric.touchpoint === touchpoint.name);
  const missing = metrics.filter(isMissing).length;
  const count = metrics.length + parts.length;
  return [count ? say(texts.signalCount, { count }) : "", missing ? say(texts.withoutData, { count: missing }) : ""];
}
