// A line of values over the band in which they were expected. Gaps stay gaps: no data is not zero.

import { svg } from "./element.js";

const WIDTH = 240;
const HEIGHT = 56;
const EDGE = 4;
const HOUR = 3_600_000;
const GAP = 90_000;

// points: [time, value, expected, lower, upper], numbers or null; the box ends at `until` and is an hour wide.
export function sparkline(points, until, label) {
  const from = Math.min(until - HOUR / 6, Math.max(until - HOUR, points.length ? points[0][0] : 0));
  const shown = points.filter((point) => point[0] >= from);
  const [low, high] = range(shown);
  const x = (time) => round(((time - from) / (until - from)) * (WIDTH - 2 * EDGE) + EDGE);
  const y = (value) => round(HEIGHT - EDGE - ((clamp(value, low, high) - low) / (high - low)) * (HEIGHT - 2 * EDGE));
  const picture = svg("svg", {
    class: "sparkline", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": label,
  });
  for (const run of runs(shown, (point) => point[3] !== null && point[4] !== null)) {
    const upper = run.map((point) => `${x(point[0])},${y(point[4])}`);
    const lower = run.map((point) => `${x(point[0])},${y(point[3])}`).reverse();
    picture.append(svg("polygon", { class: "band", points: [...upper, ...lower].join(" ") }));
  }
  for (const run of runs(shown, (point) => point[2] !== null)) {
    picture.append(svg("polyline", { class: "expectation", points: run.map((point) => `${x(point[0])},${y(point[2])}`).join(" ") }));
  }
  for (const run of runs(shown, (point) => point[1] !== null)) {
    const path = run.map((point) => `${x(point[0])},${y(point[1])}`);
    if (path.length === 1) path.push(`${round(x(run[0][0]) + 1)},${y(run[0][1])}`);
    picture.append(svg("polyline", { class: "value-line", points: path.join(" ") }));
  }
  return picture;
}

// The values decide the scale; a wide band may double it, never flatten the line.
export function range(points) {
  const values = points.flatMap((point) => [point[1], point[2]]).filter((value) => value !== null);
  if (!values.length) return [0, 1];
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = Math.max(high - low, Math.abs(high) * 0.02, 1e-9);
  const bounds = points.flatMap((point) => [point[3], point[4]]).filter((value) => value !== null);
  const bottom = Math.max(Math.min(low, ...bounds), low - room);
  const top = Math.min(Math.max(high, ...bounds), high + room);
  if (top === bottom) return top === 0 ? [0, 1] : [bottom - room, top + room]; // a band without width lies in the middle
  return [bottom - (top - bottom) * 0.05, top + (top - bottom) * 0.05];
}

export function runs(points, present, gap = GAP) {
  const found = [];
  let last = null;
  for (const point of points) {
    if (!present(point)) {
      last = null;
      continue;
    }
    if (last === null || point[0] - last > gap) found.push([]);
    found[found.length - 1].push(point);
    last = point[0];
  }
  return found;
}

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const round = (value) => Math.round(value * 10) / 10;
