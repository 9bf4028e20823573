// Numbers, times and durations as people read them.

import { say, tag, texts } from "./texts.js";

const ENDLESS = 1e9; // what the API says for what has no end

const number = (digits) => new Intl.NumberFormat(tag, { maximumFractionDigits: digits });

export function plain(value) {
  if (!Number.isFinite(value)) return "\u2014";
  const size = Math.abs(value);
  return number(size >= 100 ? 0 : size >= 10 ? 1 : 2).format(value);
}

// A value with its unit. Ratios keep enough digits to tell 99.9 % from 100 %.
export function quantity(value, unit) {
  if (!Number.isFinite(value)) return texts.noValue;
  if (Math.abs(value) >= ENDLESS) return value > 0 ? "\u221e" : "\u2212\u221e";
  if (unit === "ratio") {
    const percent = value * 100;
    const edge = Math.min(Math.abs(percent), Math.abs(100 - percent));
    return `${number(edge >= 1 || edge === 0 ? 1 : 2).format(percent)}%`;
  }
  if (unit === "seconds") return Math.abs(value) < 10 ? say(texts.duration.second, { count: number(1).format(value) }) : (value < 0 ? "\u2212" : "") + duration(Math.abs(value) * 1000);
  return texts.unit[unit] ? say(texts.unit[unit], { value: plain(value) }) : plain(value);
}

// The same in two parts, number and unit, so that the unit can be small; one unit says how long.
export function parts(value, unit) {
  if (unit === "ratio" || !Number.isFinite(value) || Math.abs(value) >= ENDLESS) return [quantity(value, unit), ""];
  if (unit === "seconds") return roughly(value * 1000);
  return [plain(value), texts.unit[unit] ? say(texts.unit[unit], { value: "" }).trim() : ""];
}

// The same in little room, where the unit is written nearby already.
export function figure(value, unit) {
  return unit === "seconds" ? rough(value * 1000) : quantity(value, unit === "ratio" ? unit : "");
}

const rough = (milliseconds) => (Number.isFinite(milliseconds) ? roughly(milliseconds).join(texts.between) : "\u2014");

function roughly(milliseconds) {
  const seconds = milliseconds / 1000;
  const sizes = [[86_400, "day"], [3_600, "hour"], [60, "minute"], [0, "second"]];
  const [size, unit] = sizes.find(([least]) => Math.abs(seconds) >= least);
  return [number(1).format(seconds / (size || 1)), say(texts.duration[unit], { count: "" }).trim()];
}

export const percent = (share) => (Number.isFinite(share) ? `${Math.round(share * 100)}%` : "\u2014");

// 42 s, 3 min 20 s, 2 h 10 min, 5 d 3 h: the two largest units.
export function duration(milliseconds) {
  if (!Number.isFinite(milliseconds)) return "\u2014";
  const total = Math.max(0, Math.round(milliseconds / 1000));
  const minutes = Math.floor(total / 60);
  const hours = Math.floor(minutes / 60);
  if (total < 60) return span([total, "second"]);
  if (minutes < 10) return span([minutes, "minute"], [total % 60, "second"]);
  if (minutes < 60) return span([minutes, "minute"]);
  if (hours < 24) return span([hours, "hour"], [minutes % 60, "minute"]);
  return span([Math.floor(hours / 24), "day"], [hours % 24, "hour"]);
}

const span = (first, second) =>
  [first, second].filter((part) => part === first || part?.[0]).map(([count, unit]) => say(texts.duration[unit], { count })).join(texts.between);

// A time of the API: milliseconds, or RFC 3339.
export const instant = (time) => (typeof time === "number" ? time : Date.parse(time));

export function clockFormats(timezone) {
  const format = (options) => new Intl.DateTimeFormat(texts.dates, { timeZone: timezone, hourCycle: "h23", ...options });
  const hm = format({ hour: "2-digit", minute: "2-digit" });
  const hms = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const day = format({ weekday: "long", day: "numeric", month: "long" });
  const short = format({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  const key = format({ year: "numeric", month: "2-digit", day: "2-digit" });
  return {
    time: (moment) => hm.format(moment),
    clock: (moment) => hms.format(moment),
    day: (moment) => day.format(moment),
    moment: (moment, reference) => {
      if (!Number.isFinite(moment)) return "\u2014";
      return key.format(moment) === key.format(reference) ? hm.format(moment) : short.format(moment);
    },
  };
}
