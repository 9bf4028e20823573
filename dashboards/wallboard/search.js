// Finds signals by what is typed: every word stands in a title, of either language, or in the metric's name.

import { at } from "./frame.js";
import { asked, keep } from "./query.js";
import { redraw } from "./redraw.js";
import { say, texts } from "./texts.js";

let typed = asked("search");

// Who sees a part only has no signals to find: they are of the whole.
export const sought = (board) => (board.whole ? typed.trim() : "");

export function found(metrics) {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  return metrics.filter((metric) => {
    const text = plain([metric.title, metric.title_zh, metric.name, metric.name.replaceAll("_", " ")].join("\n"));
    return words.every((word) => text.includes(word));
  });
}

export function prepareSearch(draw) {
  at("search").value = typed;
  at("search").addEventListener("input", ({ target }) => {
    typed = target.value;
    keep(new Map([["search", typed.trim()]]));
    draw();
  });
  at("search").addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !typed) return;
    at("search").value = "";
    at("search").dispatchEvent(new Event("input"));
  });
}

export function tellFound(board, count) {
  at("search").parentElement.hidden = !board.whole;
  redraw(at("search-found"), !sought(board) ? "" : count ? say(texts.signalsFound, { count }) : texts.noSignalFits);
}

// Wide and narrow letters, large and small ones are the same.
const plain = (text) => text.normalize("NFKC").toLowerCase();
