// Numbers, times and durations as people read them.

import { language, texts } from "./texts.js";

const number = (digits) => new Intl.NumberFormat(language, { maximumFractionDigits: digits });

function plain(value) {
  const size = Math.abs(value);
  return number(size >= 100 ? 0 : size >= 10 ? 1 : 2).format(value);
}

// A value with its unit. Ratios keep enough digits to tell 99.9 % from 100 %.
export function quantity(value, unit) {
  if (value === null || value === undefined) return texts.noValue;
  if (unit === "ratio") {
    const percent = value * 100;
    const edge = Math.min(Math.abs(percent), Math.abs(100 - percent));
    return `${number(edge >= 1 || edge === 0 ? 1 : 2).format(percent)}%`;
  }
  if (unit === "seconds") return duration(value * 1000);
  return `${plain(value)} ${texts.unit[unit] || ""}`.trim();
}

// 42 s, 3 min, 2 h 10 min, 5 d 3 h.
export function duration(milliseconds) {
  if (!Number.isFinite(milliseconds)) return "\u2014";
  const total = Math.max(0, Math.round(milliseconds / 1000));
  const words = texts.duration;
  if (total < 60) return `${total} ${words.second}`;
  const minutes = Math.floor(total / 60);
  if (minutes < 10 && total % 60) return `${minutes} ${words.minute} ${total % 60} ${words.second}`;
  if (minutes < 60) return `${minutes} ${words.minute}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours} ${words.hour} ${minutes % 60} ${words.minute}` : `${hours} ${words.hour}`;
  const days = Math.floor(hours / 24);
  return hours % 24 ? `${days} ${words.day} ${hours % 24} ${words.hour}` : `${days} ${words.day}`;
}

// The same, where the unit is written nearby already.
export const figure = (value, unit) => quantity(value, unit === "ratio" || unit === "seconds" ? unit : "");

export const percent = (share) => `${Math.round(share * 100)}%`;

export function clockFormats(timezone) {
  const format = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: timezone, ...options });
  const hm = format({ hour: "2-digit", minute: "2-digit" });
  const hms = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const day = format({ weekday: "long", day: "numeric", month: "long" });
  const short = format({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  const key = format({ year: "numeric", month: "2-digit", day: "2-digit" });
  return {
    time: (moment) => hm.format(moment),
    clock: (moment) => hms.format(moment),
    day: (moment) => day.format(moment),
    moment: (moment, reference) =>
      key.format(moment) === key.format(reference) ? hm.format(moment) : short.format(moment),
  };
}
