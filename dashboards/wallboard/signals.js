// Touchpoints, the sparklines of the whole shop, and how fresh each feed is.

import { element } from "./element.js";
import { duration, figure, parts, quantity } from "./formats.js";
import { mark, tone } from "./naming.js";
import { sparkline } from "./sparkline.js";
import { list, say, texts } from "./texts.js";

const HEARD = 600_000;

export function touchpoints(board, context) {
  return board.touchpoints.map((touchpoint) => {
    return element("li", { class: `touchpoint state-${touchpoint.state}`, "data-touchpoint": touchpoint.name },
      element("span", { class: "touchpoint-name" }, texts.touchpoint[touchpoint.name] || touchpoint.name),
      element("span", { class: "touchpoint-state" }, mark(touchpoint.state), texts.state[touchpoint.state]),
      element("span", { class: "touchpoint-detail" }, detail(touchpoint, board, context)));
  });
}

function detail(touchpoint, board, context) {
  if (touchpoint.open) return say(texts.openOnes, { count: touchpoint.open });
  if (touchpoint.name === "pipeline" && touchpoint.state === "stale") {
    const late = board.sources.filter((source) => source.state === "silent" || source.state === "behind");
    if (late.length > 2) return say(texts.lateFeeds, { late: late.length, all: board.sources.length });
    return list(late.map((source) => topic(source)));
  }
  return touchpoint.state === "no_data" && touchpoint.heard
    ? say(texts.lastSeen, { duration: duration(context.dataNow - touchpoint.heard) })
    : null;
}

// Metrics that had a value within the hour as tiles; the others need one line together. Of faults none is no news.
export function signals(board, context) {
  return board.metrics.filter(isHeard).map((metric) => signal(metric, board, context));
}

export function unheard(board, context) {
  return board.metrics.filter((metric) => !isHeard(metric) && !metric.of_faults).map((metric) =>
    element("li", { "data-metric": metric.name }, context.title(metric.name)));
}

const isHeard = (metric) => metric.points.some((point) => point[1] !== null);

function signal(metric, board, context) {
  const last = metric.points[metric.points.length - 1];
  const value = board.time - last[0] < HEARD ? last[1] : null;
  const open = board.anomalies.filter((anomaly) => anomaly.metric === metric.name);
  const worst = ["critical", "warning", "recovering", "info"].find((one) => open.some((anomaly) => tone(anomaly) === one));
  const within = value === null || last[3] === null || last[4] === null || (value >= last[3] && value <= last[4]);
  const title = context.title(metric.name);
  const [number, unit] = parts(value, metric.unit);
  return element("li", { class: `signal ${worst ? `tone-${worst}` : ""} ${within ? "within" : ""} ${value === null ? "empty" : ""}`, "data-metric": metric.name },
    element("span", { class: "signal-title", title },
      worst ? [mark(worst), element("span", { class: "unseen" }, texts.state[worst]), " "] : null, title),
    element("span", { class: "signal-value" }, number, unit ? " " : null, unit ? element("small", {}, unit) : null),
    element("span", { class: "signal-note" }, note(metric, last, value, context)),
    sparkline(metric.points, board.time, `${title}: ${quantity(value, metric.unit)}`));
}

function note(metric, last, value, context) {
  if (value === null) {
    const heard = metric.points.findLast((point) => point[1] !== null);
    return say(texts.lastSeen, { duration: duration(context.dataNow - heard[0]) });
  }
  return list([
    last[2] === null ? "" : say(texts.expectedShort, { value: figure(last[2], metric.unit) }),
    metric.target === null ? "" : say(texts.target, { value: figure(metric.target, metric.unit) }),
  ]);
}

const topic = (source) => texts.topic[source.topic] || source.topic;

export function feeds(board, context) {
  return [
    element("span", { class: "feeds-title" }, texts.feeds),
    ...board.sources.map((source) => element("span", { class: `feed feed-${source.state}`, "data-topic": source.topic },
      element("span", { class: "feed-name" }, topic(source)),
      element("span", { class: "feed-state" }, feedText(source, context)))),
  ];
}

function feedText(source, context) {
  return say(texts.feed[source.state], {
    moment: context.moment(source.watermark),
    duration: duration(context.now - (source.state === "silent" ? source.moved_at : source.watermark)),
  });
}
