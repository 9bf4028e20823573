// The course of an anomaly's series: what was seen over what was expected, with the anomaly's own span marked.

import { element, svg } from "./element.js";
import { quantity } from "./formats.js";
import { range, runs } from "./sparkline.js";
import { say, texts } from "./texts.js";
import { timeTicks, valueTicks } from "./ticks.js";

const LEAD_MS = 900_000; // shown before the anomaly began
const GAP_MS = 90_000;

// points: [time, value, expected, lower, upper]; `width` in pixels, so that text keeps its shape.
export function course(points, anomaly, context, width) {
  const started = Date.parse(anomaly.started_at);
  const ended = Date.parse(anomaly.ended_at ?? "");
  const shown = visible(points, started, ended, context.dataNow);
  if (!shown.some((point) => point[1] !== null)) return [element("p", { class: "quiet empty" }, texts.noCourse)];
  return [legend(), picture(shown, { started, ended }, anomaly, context, Math.max(width, 280))];
}

// The value furthest out while it went on: the peak told last, or a later one.
export function worst(points, anomaly) {
  const ended = Date.parse(anomaly.ended_at ?? "");
  const during = points.filter((point) => point[0] >= Date.parse(anomaly.started_at) && !(point[0] > ended));
  const values = [anomaly.peak, ...during.map((point) => point[1]).filter((value) => value !== null)];
  return anomaly.direction === "up" ? Math.max(...values) : Math.min(...values);
}

// The anomaly, and as much around it as it lasted, a quarter of an hour at least.
function visible(points, started, ended, now) {
  const lasted = (Number.isFinite(ended) ? ended : now) - started;
  const around = Math.max(LEAD_MS, lasted);
  const until = (Number.isFinite(ended) ? ended : now) + around;
  const found = points.filter((point) => point[0] >= started - around && point[0] <= until);
  return Number.isFinite(started) && found.length > 1 ? found : points;
}

function legend() {
  return element("ul", { class: "legend" }, Object.entries(texts.legend).map(([name, words]) =>
    element("li", {}, element("span", { class: `key key-${name}`, "aria-hidden": "true" }), words)));
}

function picture(points, span, anomaly, context, width) {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const height = Math.round(Math.max(rem * 11, Math.min(width * 0.34, rem * 16)));
  const [low, high] = range(points);
  const values = valueTicks(low, high, anomaly.unit);
  const longest = Math.max(...values.map((value) => quantity(value, anomaly.unit).length));
  const left = Math.round(rem * (0.9 + 0.5 * longest));
  const [top, bottom] = [rem * 0.4, height - rem * 1.6];
  const [from, until] = ends(points, span.started);
  const x = (time) => round(left + ((Math.min(Math.max(time, from), until) - from) / (until - from)) * (width - left - rem * 0.6));
  const y = (value) => round(bottom - ((Math.min(high, Math.max(low, value)) - low) / (high - low)) * (bottom - top));
  const drawn = svg("svg", {
    class: "chart", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": summary(points, anomaly, context),
  });
  drawn.append(...spanArea(span, { from, until, top, bottom, x }));
  for (const value of values) {
    drawn.append(svg("line", { class: "grid", x1: left, x2: width - rem * 0.6, y1: y(value), y2: y(value) }),
      svg("text", { class: "tick", x: left - rem * 0.5, y: y(value) + rem * 0.27, "text-anchor": "end" }, quantity(value, anomaly.unit)));
  }
  for (const time of timeTicks(from, until, Math.max(2, Math.floor((width - left) / (rem * 4.6))))) {
    drawn.append(svg("text", { class: "tick", x: x(time), y: height - rem * 0.35, "text-anchor": "middle" }, context.formats.time(time)));
  }
  drawn.append(...lines(points, x, y), ...markers(points, anomaly, x, y));
  return drawn;
}

// The beginning of the anomaly is shown as well, unless that left most of the picture empty.
function ends(points, started) {
  const first = points[0][0];
  const until = Math.max(points[points.length - 1][0], first + 60_000);
  const wide = started < first && first - started < until - first;
  return [wide ? started - (until - started) * 0.02 : first, until];
}

function spanArea({ started, ended }, { from, until, top, bottom, x }) {
  if (!Number.isFinite(started) || started > until || ended < from) return [];
  const [first, last] = [x(started), x(Number.isFinite(ended) ? ended : until)];
  const edges = [started >= from ? first : null, Number.isFinite(ended) && ended <= until ? last : null];
  return [
    svg("rect", { class: "span", x: first, y: top, width: Math.max(1, round(last - first)), height: round(bottom - top) }),
    ...edges.filter((edge) => edge !== null).map((edge) => svg("line", { class: "span-edge", x1: edge, x2: edge, y1: top, y2: bottom })),
  ];
}

function lines(points, x, y) {
  const steps = points.slice(1).map((point, place) => point[0] - points[place][0]).sort((one, other) => one - other);
  const gap = Math.max(GAP_MS, 2.5 * (steps[Math.floor(steps.length / 2)] || 0));
  const pairs = (run, column) => run.map((point) => `${x(point[0])},${y(point[column])}`);
  return [
    ...runs(points, (point) => point[3] !== null && point[4] !== null, gap).map((run) =>
      svg("polygon", { class: "band", points: [...pairs(run, 4), ...pairs(run, 3).reverse()].join(" ") })),
    ...runs(points, (point) => point[2] !== null, gap).map((run) =>
      svg("polyline", { class: "expectation", points: pairs(run, 2).join(" ") })),
    ...runs(points, (point) => point[1] !== null, gap).map((run) =>
      svg("polyline", { class: "value-line", points: pairs(run, 1).join(" ") })),
  ];
}

// A ring where it was worst, a dot where it is now.
function markers(points, anomaly, x, y) {
  const seen = points.filter((point) => point[1] !== null);
  const away = (point) => Math.abs(point[1] - anomaly.peak);
  const furthest = seen.reduce((best, point) => (away(point) < away(best) ? point : best));
  const last = seen[seen.length - 1];
  return [
    svg("circle", { class: "worst-point", cx: x(furthest[0]), cy: y(furthest[1]), r: 6 }),
    svg("circle", { class: "last-point", cx: x(last[0]), cy: y(last[1]), r: 4 }),
  ];
}

function summary(points, anomaly, context) {
  const last = points.findLast((point) => point[1] !== null);
  return say(texts.courseSummary, {
    from: context.moment(points[0][0]), to: context.moment(points[points.length - 1][0]),
    value: quantity(last[1], anomaly.unit), expected: quantity(last[2], anomaly.unit), worst: quantity(anomaly.peak, anomaly.unit),
  });
}

const round = (value) => Math.round(value * 10) / 10;
