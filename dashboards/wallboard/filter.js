// Narrows the lists to a touchpoint, a region, a carrier, a channel: to those of them that the page offers.

import { at } from "./frame.js";
import { dimension } from "./naming.js";
import { element } from "./element.js";
import { asked, keep } from "./query.js";
import { redraw } from "./redraw.js";
import { say, texts } from "./texts.js";

const WORTH_IT = 2; // there is nothing to choose of one, and a row's buttons are reached sooner
const FIELDS = ["touchpoint", "region", "carrier", "channel"].filter((field) => at(`filter-${field}`));
const wanted = new Map(FIELDS.map((field) => [field, asked(field)]));

const isOn = () => FIELDS.some((field) => wanted.get(field));
const valueOf = (anomaly, field) => (field === "touchpoint" ? anomaly.touchpoint : anomaly.scope[field]);
const fits = (anomaly) => FIELDS.every((field) => !wanted.get(field) || valueOf(anomaly, field) === wanted.get(field));

// What the board holds, without what does not fit; itself where nothing is asked for.
export function filtered(board) {
  if (!isOn()) return board;
  const anomalies = board.anomalies.filter(fits);
  return { ...board, anomalies, recent: board.recent.filter(fits), open: anomalies.length + board.open - board.anomalies.length };
}

export function drawFilter(board) {
  const known = [...board.anomalies, ...board.recent];
  for (const field of FIELDS) drawChoice(field, choices(field, known));
  at("filter").hidden = known.length < WORTH_IT && !isOn();
  at("filter-clear").hidden = !isOn();
  const hidden = board.anomalies.filter((anomaly) => !fits(anomaly)).length;
  redraw(at("filter-hides"), hidden ? say(texts.filteredOut, { count: hidden }) : "");
}

export const hidesAll = (board) => isOn() && board.anomalies.length > 0 && !board.anomalies.some(fits);

export function prepareFilter(draw) {
  for (const field of FIELDS) {
    at(`filter-${field}`).addEventListener("change", ({ target }) => choose(new Map([[field, target.value]]), draw));
  }
  at("filter-clear").addEventListener("click", () => {
    choose(new Map(FIELDS.map((field) => [field, ""])), draw);
    at(`filter-${FIELDS.find((field) => !at(`filter-${field}`).hidden)}`)?.focus();
  });
}

function choose(values, draw) {
  for (const [field, value] of values) wanted.set(field, value);
  keep(values);
  draw();
}

// What is asked for stays on offer, also when nothing has it just now.
function choices(field, anomalies) {
  const values = field === "touchpoint" ? Object.keys(texts.touchpoint) : anomalies.map((anomaly) => valueOf(anomaly, field));
  return [...new Set([...values, wanted.get(field)].filter(Boolean))].toSorted();
}

function drawChoice(field, values) {
  const place = at(`filter-${field}`);
  const name = field === "touchpoint" ? texts.touchpoints : dimension(field);
  redraw(at(`filter-${field}-name`), name);
  const words = (value) => (field === "touchpoint" ? texts.touchpoint[value] || value : value);
  redraw(place, element("option", { value: "", "data-key": "any" }, say(texts.anyOf, { what: name })),
    values.map((value) => element("option", { value, "data-key": value }, words(value))));
  place.value = wanted.get(field);
  place.hidden = field !== "touchpoint" && !values.length;
}
