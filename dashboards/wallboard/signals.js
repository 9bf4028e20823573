// Signals: a tile each, with its value, what was expected, and the line of its last hour.

import { element } from "./element.js";
import { duration, figure, parts, plain, quantity } from "./formats.js";
import { dimension, mark, titleOf, tone, touchpointLink } from "./naming.js";
import { sparkline } from "./sparkline.js";
import { list, say, texts } from "./texts.js";

const HEARD = 600_000;

export const isHeard = (metric) => Boolean(metric.so_far) || metric.rolling.length > 0 || metric.points.some((point) => point[1] !== null);

// Of faults none is not reported.
export const isMissing = (metric) => !isHeard(metric) && !metric.of_faults;

export function signal(metric, board, context) {
  const last = metric.points[metric.points.length - 1];
  const value = last && board.time - last[0] < HEARD ? last[1] : null;
  const open = board.anomalies.filter((anomaly) => anomaly.metric === metric.name);
  const worst = ["critical", "warning", "recovering", "info"].find((one) => open.some((anomaly) => tone(anomaly) === one));
  const within = value === null || last[3] === null || last[4] === null || (value >= last[3] && value <= last[4]);
  const title = titleOf([metric.title, metric.title_zh], metric.name);
  const [number, unit] = parts(value, metric.unit);
  return element("li", {
    class: `signal ${worst ? `tone-${worst}` : ""} ${within ? "within" : ""} ${value === null ? "empty" : ""}`,
    "data-metric": metric.name, "data-key": metric.name,
  },
    element("span", { class: "signal-title", title },
      worst ? [mark(worst), element("span", { class: "unseen" }, texts.state[worst]), " "] : null, title),
    element("span", { class: "signal-value" }, number, unit ? " " : null, unit ? element("small", {}, unit) : null),
    element("span", { class: "signal-note", title: surely(metric, value) }, note(metric, last, value, context)),
    soFar(metric, board),
    ...metric.rolling.map((told) => rolling(metric, told)),
    ...(metric.changes || []).map((change) => since(metric, change)),
    sparkline(metric.points, board.time, `${title}: ${quantity(value, metric.unit)}`));
}

function note(metric, last, value, context) {
  if (value === null) {
    const heard = metric.points.findLast((point) => point[1] !== null);
    return heard ? say(texts.lastSeen, { duration: duration(context.dataNow - heard[0]) }) : "";
  }
  return list([
    last[2] === null ? "" : say(texts.expectedShort, { value: figure(last[2], metric.unit) }),
    metric.last_sale === null || metric.last_sale === undefined ? "" : say(texts.lastSale, { value: figure(metric.last_sale, metric.unit) }),
    metric.target === null ? "" : say(texts.target, { value: figure(metric.target, metric.unit) }),
    isVague(metric) ? say(texts.between95, { low: figure(metric.interval[0], metric.unit), high: figure(metric.interval[1], metric.unit) }) : "",
  ]);
}

// Of a value that rests on few cases the tile says between what it may lie; of others it takes a pointer to read it.
const VAGUE = { ratio: 0.04, points: 10 };
const isVague = ({ interval, unit }) => Boolean(interval) && interval[1] - interval[0] > VAGUE[unit];

function surely(metric, value) {
  if (value === null || !metric.interval) return null;
  const [low, high] = metric.interval.map((end) => quantity(end, metric.unit));
  return say(texts.sure95, { low, high });
}

// Provisional, and said so: a number of its own in words, never the tile's.
function soFar(metric, board) {
  const provisional = metric.so_far;
  if (!provisional || board.time - provisional.time >= HEARD) return null;
  return element("span", { class: "signal-so-far", title: say(texts.soFarMeaning, { duration: duration(1000 * provisional.opened_within_s) }) },
    say(texts.soFar, {
      value: quantity(provisional.share, metric.unit), cases: plain(provisional.cases), duration: duration(1000 * provisional.final_after_s),
    }));
}

// Windows of 30, 60 and 90 days: what they are, and what they will be when today is over.
function rolling(metric, told) {
  const value = quantity(told.value, metric.unit);
  const words = told.tonight === null ? texts.rolling : texts.rollingTonight;
  return element("span", { class: "signal-so-far", title: say(texts.rollingMeaning, { days: told.covered, cases: plain(told.cases) }) },
    say(words, { days: told.days, value, tonight: told.tonight === null ? "" : quantity(told.tonight, metric.unit) }));
}

// Before and after a change of one's own: the interval says whether it was more than chance.
function since(metric, change) {
  if (change.hours === undefined) return element("span", { class: "signal-so-far" }, say(texts.changeTooSoon, { change: change.change }));
  if (change.low === undefined || change.low === null) return null;
  const words = change.times ? texts.changeTimes : texts.changeDifference;
  const [shown, scale] = change.times ? [(end) => end.toFixed(2), 1] : [(end) => (end > 0 ? "+" : "") + end.toFixed(1), 100];
  return element("span", { class: "signal-so-far" }, say(words, {
    change: change.change, before: quantity(change.before, metric.unit), after: quantity(change.after, metric.unit),
    difference: shown(scale * change.difference), low: shown(scale * change.low), high: shown(scale * change.high),
    duration: duration(3_600_000 * change.hours),
  }));
}

// Signals of any touchpoint, each with the way to its touchpoint's page, which looks for the same.
export function foundSignals(metrics, words, board, context) {
  return metrics.map((metric) => {
    const tile = metric.points ? signal(metric, board, context) : partSignal(metric);
    tile.prepend(element("span", { class: "signal-touchpoint" }, touchpointLink(metric.touchpoint, { search: words })));
    return tile;
  });
}

function partSignal(metric) {
  return element("li", { class: "signal empty", "data-metric": metric.name, "data-key": metric.name },
    element("span", { class: "signal-title" }, titleOf([metric.title, metric.title_zh], metric.name)),
    element("span", { class: "signal-note" }, texts.partsOnly));
}

// What has no tile: a line each, of what had no value within the hour, and of what is known by part only.
export function missingSignals(metrics) {
  return metrics.map((metric) => element("li", { "data-metric": metric.name }, titleOf([metric.title, metric.title_zh], metric.name)));
}

export function partSignals(metrics) {
  return metrics.map((metric) => element("li", { "data-metric": metric.name }, say(texts.byDimension, {
    title: titleOf([metric.title, metric.title_zh], metric.name),
    what: list(metric.scopes.map((scope) => scope.map(dimension).join(" + "))),
  })));
}
