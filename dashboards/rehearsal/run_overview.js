// The whole run on one line: what went wrong, what was found, what was sent.

import { element, svg } from "./element.js";
import { bars, lanesOf } from "./run_chart.js";
import { anomalies, story } from "./run_data.js";
import { words } from "./run_words.js";
import { say, texts } from "./texts.js";
import { timeTicks } from "./ticks.js";

export function overview(found, view, width) {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const lanes = lanesOf(null, found, view).map((lane) => ({ ...lane, rows: rowsOf(lane) }));
  const left = rem * 6;
  const right = width - rem * 1.3;
  const x = (time) => left + ((Math.min(Math.max(time, view.from), view.until) - view.from) / (view.until - view.from)) * (right - left);
  const [row, gap] = [rem * 0.6, rem * 0.7];
  const height = Math.round(lanes.reduce((sum, lane) => sum + lane.rows.length * row + gap, 0) + rem * 1.6);
  const drawn = svg("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": words.timeline });
  let y = rem * 0.3;
  for (const lane of lanes) {
    drawn.append(svg("text", { class: "tick", x: 0, y: y + rem * 0.55 }, nameOf(lane.name)));
    for (const one of lane.rows) {
      drawn.append(...bars({ name: lane.name, bars: one }, y, row * 0.75, x));
      y += row;
    }
    y += gap;
  }
  for (const time of timeTicks(view.from, view.until, Math.max(2, Math.floor((right - left) / (rem * view.room()))))) {
    drawn.append(svg("line", { class: "grid", x1: x(time), x2: x(time), y1: 0, y2: height - rem * 1.4 }),
      svg("text", { class: "tick", x: x(time), y: height - rem * 0.35, "text-anchor": "middle" }, view.label(time)));
  }
  drawn.prepend(...drawn.querySelectorAll("line"));
  return drawn;
}

const nameOf = (lane) => (lane === "other" ? story.sides[1] : words.row[lane]);

// Bars that lie over each other go into rows of their own.
function rowsOf(lane) {
  const rows = [];
  for (const bar of lane.bars.toSorted((one, other) => one.from - other.from)) {
    const free = rows.find((row) => lane.name === "messages" || row[row.length - 1].until < bar.from);
    if (free) free.push(bar);
    else rows.push([bar]);
  }
  return rows;
}

export function legend() {
  const key = (kind, text) => element("li", {}, element("span", { class: `key ${kind}`, "aria-hidden": "true" }), text);
  const own = ["value", "expected", "band"].map((name) => key(`key-${name}`, texts.legend[name]));
  const severities = ["critical", "warning", "info"].filter((name) => anomalies.some((one) => one.severity === name)).map((name) => key(`key-bar tone-${name}`, `${words.legend.anomaly}: ${texts.severity[name]}`));
  const other = story.sides[1] ? [key("key-bar tone-warning other", say(words.legend.other, { name: story.sides[1] }))] : [];
  const marked = story.truth.length ? [key("key-bar incident", words.legend.truth), key("key-bar trap", words.legend.trap)] : [];
  return [...own, ...severities, ...other, ...marked, key("key-bar message", words.legend.message)];
}
