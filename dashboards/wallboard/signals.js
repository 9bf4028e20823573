// Touchpoints, the sparklines of the whole shop, and how fresh each feed is.

import { tone } from "./anomalies.js";
import { element } from "./element.js";
import { duration, figure, quantity } from "./formats.js";
import { sparkline } from "./sparkline.js";
import { texts } from "./texts.js";

const HEARD = 600_000;

export function touchpoints(board, context) {
  return board.touchpoints.map((touchpoint) => {
    return element("div", { class: `touchpoint state-${touchpoint.state}`, "data-touchpoint": touchpoint.name },
      element("span", { class: "touchpoint-name" }, texts.touchpoint[touchpoint.name] || touchpoint.name),
      element("span", { class: "touchpoint-state" }, mark(touchpoint.state), texts.state[touchpoint.state]),
      element("span", { class: "touchpoint-detail" }, detail(touchpoint, board, context)));
  });
}

function detail(touchpoint, board, context) {
  if (touchpoint.open) return texts.firing(touchpoint.open);
  if (touchpoint.name === "pipeline" && touchpoint.state === "stale") {
    const late = board.sources.filter((source) => source.state === "silent" || source.state === "behind");
    return late.length > 2 ? texts.lateFeeds(late.length, board.sources.length) : late.map((source) => source.topic).join(", ");
  }
  return touchpoint.state === "no_data" && touchpoint.heard
    ? texts.lastSeen(duration(context.dataNow - touchpoint.heard))
    : null;
}

// A shape beside the colour, so that neither carries the meaning alone.
function mark(state) {
  const shapes = {
    critical: "\u25c6", warning: "\u25b2", stale: "\u25cc", no_data: "\u25cb", recovering: "\u21ba", info: "\u2605",
    replay: "\u25b6", normal: "\u25cf", unwatched: "\u2013",
  };
  return element("span", { class: "mark", "aria-hidden": "true" }, shapes[state] || "");
}

export function signals(board, context) {
  return board.metrics.map((metric) => signal(metric, board, context));
}

function signal(metric, board, context) {
  const last = metric.points.length ? metric.points[metric.points.length - 1] : null;
  const fresh = last !== null && board.time - last[0] < HEARD;
  const value = fresh ? last[1] : null;
  const open = board.anomalies.filter((anomaly) => anomaly.metric === metric.name);
  const worst = ["critical", "warning", "recovering", "info"].find((one) => open.some((anomaly) => tone(anomaly) === one));
  const within = value === null || last[3] === null || last[4] === null || (value >= last[3] && value <= last[4]);
  const label = `${metric.title}: ${quantity(value, metric.unit)}`;
  return element("div", { class: `signal ${worst ? `tone-${worst}` : ""} ${within ? "within" : ""} ${value === null ? "empty" : ""}`, "data-metric": metric.name },
    element("span", { class: "signal-title", title: metric.title }, metric.title),
    element("span", { class: "signal-value" }, quantity(value, metric.unit)),
    element("span", { class: "signal-note" }, note(metric, last, value, context)),
    metric.points.length ? sparkline(metric.points, board.time, label) : element("div", { class: "sparkline blank" }));
}

function note(metric, last, value, context) {
  if (last === null) return "";
  if (value === null) {
    const heard = metric.points.findLast((point) => point[1] !== null);
    return heard ? texts.lastSeen(duration(context.dataNow - heard[0])) : texts.noReading;
  }
  const words = [];
  if (last[2] !== null) words.push(`${texts.expected} ${figure(last[2], metric.unit)}`);
  if (metric.target !== null) words.push(`${texts.target} ${figure(metric.target, metric.unit)}`);
  return words.join(", ");
}

export function feeds(board, context) {
  return [
    element("span", { class: "feeds-title" }, texts.feeds),
    ...board.sources.map((source) => element("span", { class: `feed feed-${source.state}`, "data-topic": source.topic },
      element("span", { class: "feed-name" }, source.topic),
      element("span", { class: "feed-state" }, feedText(source, context)))),
  ];
}

function feedText(source, context) {
  switch (source.state) {
    case "none": return texts.feed.none;
    case "replay": return texts.feed.replay(context.moment(source.watermark));
    case "silent": return texts.feed.silent(duration(context.now - source.moved_at));
    default: return texts.feed[source.state](duration(context.now - source.watermark));
  }
}
