// One series over the time shown: what was seen over what was expected, and beneath it anomalies, truth and messages.

import { element, svg } from "./element.js";
import { quantity } from "./formats.js";
import { titleOf } from "./naming.js";
import { byKey, messages, truth } from "./run_data.js";
import { words } from "./run_words.js";
import { range, runs } from "./sparkline.js";
import { say, texts } from "./texts.js";
import { timeTicks, valueTicks } from "./ticks.js";

const STRETCHES = 240; // of a course, in each of which two points at least are left of what there was
const GAP_MS = 600_000;
const LANE = 0.5; // rem

export function chart(course, view, width) {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const shown = visible(course.points, view);
  if (!shown.some((point) => point[1] !== null)) return element("p", { class: "quiet empty" }, texts.noValue);
  const found = (byKey.get(course.key) || []).filter((one) => one.until >= view.from && one.from <= view.until);
  const lanes = lanesOf(course, found, view);
  const [low, high] = range(shown);
  const values = valueTicks(low, high, course.unit);
  const left = Math.round(rem * (0.9 + 0.47 * Math.max(...values.map((value) => quantity(value, course.unit).length))));
  const [top, bottom, right] = [rem * 0.4, rem * 8, width - rem * 1.3];
  const height = Math.round(bottom + rem * (0.3 + LANE * 1.4 * lanes.length + 1.4));
  const x = (time) => round(left + ((clamp(time, view.from, view.until) - view.from) / (view.until - view.from)) * (right - left));
  const y = (value) => round(bottom - ((clamp(value, low, high) - low) / (high - low)) * (bottom - top));
  const drawn = svg("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": course.title });
  for (const one of found.filter((anomaly) => anomaly.side === 0)) {
    const area = svg("g", { class: `tone-${one.severity}` },
      svg("rect", { class: "span", x: x(one.from), y: top, width: Math.max(1, round(x(one.until) - x(one.from))), height: round(bottom - top) }));
    if (one.detected >= view.from && one.detected <= view.until) area.append(svg("line", { class: "span-edge", x1: x(one.detected), x2: x(one.detected), y1: top, y2: bottom }));
    drawn.append(area);
  }
  for (const value of values) {
    drawn.append(svg("line", { class: "grid", x1: left, x2: right, y1: y(value), y2: y(value) }),
      svg("text", { class: "tick", x: left - rem * 0.5, y: y(value) + rem * 0.27, "text-anchor": "end" }, quantity(value, course.unit)));
  }
  for (const time of timeTicks(view.from, view.until, Math.max(2, Math.floor((right - left) / (rem * view.room()))))) {
    drawn.append(svg("text", { class: "tick", x: x(time), y: height - rem * 0.35, "text-anchor": "middle" }, view.label(time)));
  }
  drawn.append(...lines(shown, Math.max(GAP_MS, (3 * (course.points.at(-1)[0] - course.points[0][0])) / STRETCHES), x, y));
  lanes.forEach((lane, number) => drawn.append(...bars(lane, bottom + rem * (0.35 + LANE * 1.4 * number), rem * LANE, x)));
  return hovered(drawn, shown, course, view, { left, right, x, y });
}

// Points inside of the view, and one beyond each end so that lines run through.
function visible(points, view) {
  const first = points.findIndex((point) => point[0] >= view.from);
  const last = points.findLastIndex((point) => point[0] <= view.until);
  return first < 0 || last < 0 ? [] : points.slice(Math.max(0, first - 1), last + 2);
}

// The rows beneath the line, those that have something.
export function lanesOf(course, found, view) {
  const within = (entry) => entry.until >= view.from && entry.from <= view.until;
  const concerned = truth.filter((entry) => within(entry) && (!course || entry.touchpoint === course.touchpoint));
  const told = messages.filter((one) => one.at >= view.from && one.at <= view.until && (!course || found.some((anomaly) => anomaly.messages.includes(one))));
  const spans = (side) => found.filter((one) => one.side === side).map((one) => (
    { from: one.from, until: one.until, kind: `tone-${one.severity}${side ? " other" : ""}`, label: label(one, view) }));
  return [
    { name: "anomalies", bars: spans(0) },
    { name: "other", bars: spans(1) },
    { name: "truth", bars: concerned.map((entry) => ({ from: entry.from, until: entry.until, kind: entry.kind, label: `${entry.id}: ${view.label(entry.from)} \u2013 ${view.label(entry.until)}` })) },
    { name: "messages", bars: told.map((one) => ({ from: one.at, until: one.at, kind: `message${one.side ? " other" : ""}`, label: titleOf(one.title, "") })) },
  ].filter((lane) => lane.bars.length);
}

const label = (one, view) => `${texts.severity[one.severity]}: ${one.title}, ${say(words.detectedAt, { moment: view.label(one.detected) })}`;

export function bars(lane, y, height, x) {
  return lane.bars.map((bar) => svg("rect", {
    class: `lane lane-${lane.name} ${bar.kind}`, x: round(x(bar.from) - (bar.from === bar.until ? 1.5 : 0)), y: round(y), rx: 1.5,
    width: Math.max(3, round(x(bar.until) - x(bar.from))), height: round(height),
  }, svg("title", {}, bar.label)));
}

// What was not judged is in the points as null; where nothing was judged at all, points are missing.
function lines(points, gap, x, y) {
  const pairs = (run, column) => run.map((point) => `${x(point[0])},${y(point[column])}`);
  return [
    ...runs(points, (point) => point[3] !== null && point[4] !== null, gap).map((run) =>
      svg("polygon", { class: "band", points: [...pairs(run, 4), ...pairs(run, 3).reverse()].join(" ") })),
    ...runs(points, (point) => point[2] !== null, gap).map((run) => svg("polyline", { class: "expectation", points: pairs(run, 2).join(" ") })),
    ...runs(points, (point) => point[1] !== null, gap).map((run) => svg("polyline", { class: "value-line", points: pairs(run, 1).join(" ") })),
  ];
}

// The point under the pointer, in words above the picture.
function hovered(drawn, points, course, view, { left, right, x, y }) {
  const said = element("p", { class: "reading quiet" });
  const dot = svg("circle", { class: "last-point", r: 4, cx: -9, cy: -9 });
  drawn.append(dot);
  const seen = points.filter((point) => point[1] !== null);
  drawn.addEventListener("pointermove", (event) => {
    const box = drawn.getBoundingClientRect();
    const place = (event.clientX - box.left) * (drawn.viewBox.baseVal.width / box.width);
    const time = view.from + ((clamp(place, left, right) - left) / (right - left)) * (view.until - view.from);
    const near = seen.reduce((best, point) => (Math.abs(point[0] - time) < Math.abs(best[0] - time) ? point : best));
    dot.setAttribute("cx", x(near[0]));
    dot.setAttribute("cy", y(near[1]));
    const expected = near[2] === null ? "\u2014" : quantity(near[2], course.unit);
    said.textContent = say(words.point, { moment: view.label(near[0]), value: quantity(near[1], course.unit), expected });
  });
  return element("div", { class: "picture" }, said, drawn);
}

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const round = (value) => Math.round(value * 10) / 10;
