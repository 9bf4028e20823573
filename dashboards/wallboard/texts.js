// Which language is spoken: the address asks for it, else the reader chose it here once, else the browser's.

import chinese from "./chinese.js";
import english from "./english.js";

const TABLES = { en: english, zh: chinese };
const REMEMBERED = "pharos.language";

const known = (wish) => Object.keys(TABLES).find((one) => one === String(wish || "").toLowerCase().split("-")[0]);
const asked = known(new URLSearchParams(location.search).get("lang"));

export const language = asked || known(remember(REMEMBERED)) || known(navigator.language) || "en";
export const texts = TABLES[language];

// Both languages under their own names, for the switch.
export const languages = [{ code: "en", tag: "en", name: "EN" }, { code: "zh", tag: "zh-CN", name: "中文" }];
export const tag = languages.find((one) => one.code === language).tag;

// A text with its places filled; of {one, other} the form for `count`.
const plural = new Intl.PluralRules(tag);

export function say(text, values = {}) {
  const form = typeof text === "string" ? text : text[plural.select(Number(values.count))] || text.other;
  return form.replace(/\{(\w+)\}/g, (place, name) => (name in values ? String(values[name]) : place));
}

export const list = (words) => words.filter(Boolean).join(texts.comma);

export function choose(code) {
  remember(REMEMBERED, code);
  const address = new URL(location.href);
  address.searchParams.delete("lang");
  if (address.href === location.href) location.reload();
  else location.replace(address);
}

// An address of ours in the language that this page's address asks for.
export function spoken(address) {
  if (asked) address.searchParams.set("lang", asked);
  return address.href;
}

// What this browser remembers; one that remembers nothing forgets it with the page.
export function remember(name, value) {
  try {
    if (value !== undefined) localStorage.setItem(name, value);
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}
