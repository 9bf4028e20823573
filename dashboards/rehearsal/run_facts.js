// The run in figures, and beside another one.

import { element } from "./element.js";
import { duration, percent, plain } from "./formats.js";
import { anomalies, messages, story } from "./run_data.js";
import { words } from "./run_words.js";
import { say } from "./texts.js";

const DAY = 86_400_000;

export function facts(view, from, until) {
  const figures = story.figures;
  const graver = anomalies.filter((one) => one.side === 0 && one.severity !== "info").length;
  const rows = [
    [words.fact.file, story.file], [words.fact.records, plain(figures.events_read)],
    [words.fact.span, `${view.formats.moment(from, 0)} \u2013 ${view.formats.moment(until, from)}`],
    [words.fact.alarms, plain(graver / ((until - from) / DAY))],
    [words.fact.messages, plain(messages.filter((one) => one.side === 0).length)],
  ];
  if (figures.recall !== undefined) {
    rows.push([words.fact.recall, percent(figures.recall)], [words.fact.precision, percent(figures.precision ?? NaN)],
      [words.fact.delay, seconds(figures.time_to_detect_s.median)], [words.fact.falseAlarms, plain(figures.false_alarms_per_day ?? NaN)]);
  }
  return rows.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value)));
}

export function comparison() {
  const { against, sides } = story;
  const [one, other] = [against.this, against.other];
  const names = Object.keys({ ...one.messages, ...other.messages });
  const rows = [
    [words.compare.alarms_a_day, ...[one, other].map((side) => plain(side.alarms_a_day))],
    [words.compare.critical, ...[one, other].map((side) => plain(side.critical_a_day))],
    ...names.map((name) => [say(words.compare.to, { name }), ...[one, other].map((side) => plain(side.messages[name] || 0))]),
    [words.compare.only, plain(against.only_this.length), plain(against.only_other.length)],
    [words.compare.both, plain(against.both.length), plain(against.both.length)],
  ];
  if (one.recall !== undefined) {
    rows.push([words.compare.recall, ...[one, other].map((side) => percent(side.recall))],
      [words.compare.precision, ...[one, other].map((side) => percent(side.precision ?? NaN))],
      [words.compare.delay, ...[one, other].map((side) => seconds(side.time_to_detect_s.median))],
      [words.compare.false_alarms_a_day, ...[one, other].map((side) => plain(side.false_alarms_a_day ?? NaN))]);
  }
  return [
    element("h2", { id: "against-title" }, words.compared),
    element("table", {}, element("thead", {}, element("tr", {}, element("td"), sides.map((name) => element("th", { scope: "col" }, name)))),
      element("tbody", {}, rows.map(([name, ...values]) =>
        element("tr", {}, element("th", { scope: "row" }, name), values.map((value) => element("td", {}, value)))))),
  ];
}

const seconds = (value) => (value === null ? "\u2014" : duration(value * 1000));
