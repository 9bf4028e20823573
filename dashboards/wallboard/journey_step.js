// One line of a journey: when, what, how long after the one before of the same case, and what the event says.

import { element } from "./element.js";
import { duration, instant } from "./formats.js";
import { dimension } from "./naming.js";
import { language, list, say, tag, texts } from "./texts.js";

const number = new Intl.NumberFormat(tag, { maximumFractionDigits: 2 });

export const eventName = (type) => texts.journeyEvent[type] || type;
export const fieldName = (name) => texts.journeyField[name] || dimension(name);
export const lasting = (seconds) => duration(Math.abs(seconds) * 1000);

export function stepRow(step, moment) {
  return element("li", { class: "step" },
    element("time", { datetime: step.time }, moment(step.time)),
    element("span", { class: "step-what" }, eventName(step.type), " ",
      step.after_s === null ? null : element("span", { class: "quiet" }, say(texts.journeyAfter, { duration: lasting(step.after_s) }))),
    element("p", { class: "said" }, step.fields.map((field) => said(field, moment))));
}

function said(field, moment) {
  const value = VALUES[field.kind]?.(field.value, moment) ?? String(field.value);
  return element("span", {}, element("span", { class: "name" }, fieldName(field.name)),
    field.kind === "id" ? element("code", {}, value) : value);
}

const VALUES = {
  time: (value, moment) => (Number.isFinite(instant(value)) ? moment(value) : value),
  seconds: lasting,
  flag: (value) => (value ? texts.journeyYes : texts.journeyNo),
  money: (value) => number.format(value),
  number: (value) => number.format(value),
  count: (value) => number.format(value),
};

// Types of events and fields that are missing, in words.
export function missing(names) {
  const words = names.map((name) => (name.includes(".") ? eventName(name) : fieldName(name)));
  return say(texts.journeyMissing, { what: language === "zh" ? words.join("、") : list(words) });
}
