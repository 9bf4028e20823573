// What was due, promised and told on a journey, with what became of it; what is wrong stands first.

import { element } from "./element.js";
import { eventName, lasting, missing } from "./journey_step.js";
import { list, say, texts } from "./texts.js";

const TONES = {
  late: "warning", overdue: "critical", expired: "critical", failed: "critical", contradicted: "warning",
  open: "info", waiting: "info", moved: "info", withdrawn: "recovering", kept: "resolved", done: "resolved", agrees: "resolved",
};
const ORDER = ["overdue", "expired", "failed", "late", "contradicted", "open", "waiting"];
const PRESSING = new Set(ORDER.slice(0, 5));

// Whose leg it was explains a delivery that is late, and is not a second one.
export const pressing = (journey) => rows(journey).filter(({ state, kind }) => PRESSING.has(state) && kind !== "late").length;

export function dueRows(journey, moment) {
  const found = rows(journey).map((row, place) => ({ ...row, place }));
  const rank = ({ state }) => (ORDER.indexOf(state) + ORDER.length + 1) % (ORDER.length + 1);
  const sorted = found.toSorted((one, other) => rank(one) - rank(other) || one.place - other.place);
  if (!sorted.length) return [element("li", { class: "quiet" }, texts.journeyNothingDue)];
  return sorted.map((row) => drawn(row, moment));
}

function rows(journey) {
  return [
    ...journey.deadlines.map((row) => ({ ...row, kind: "deadline" })),
    ...journey.late.map((row) => ({ ...row, kind: "late", state: "late", id: row.parcel_id, name: "leg" })),
    ...journey.told.map((row) => ({ ...row, kind: "told", name: "told" })),
    ...journey.moved.map((row) => ({ ...row, kind: "moved", state: "moved", id: row.parcel_id, name: "moved" })),
  ];
}

function drawn(row, moment) {
  const tone = TONES[row.state];
  const { by, more } = WORDS[row.kind](row, moment);
  return element("li", { class: tone ? `due tone-${tone}` : "due" },
    element("span", { class: "due-name" }, texts.journeyDeadline[row.name] || row.name, " ", element("span", { class: "id" }, row.id)),
    element("span", { class: "badge" }, texts.journeyState[row.state] || row.state),
    by ? element("p", { class: "by" }, by) : null,
    ...more.filter(Boolean).map((words) => element("p", { class: "quiet" }, words)));
}

const WORDS = { deadline, late, told, moved };

function deadline(row, moment) {
  const side = row.by_s > 0 ? texts.journeyBeyond : row.closed_at ? texts.journeySpare : texts.journeyLeft;
  const by = row.by_s !== null ? say(side, { duration: lasting(row.by_s) })
    : row.took_s !== null ? say(row.closed_at ? texts.journeyTook : texts.journeySoFar, { duration: lasting(row.took_s) }) : "";
  const more = [
    row.due_at ? say(texts.journeyDueAt, { moment: moment(row.due_at) }) : "",
    row.closed_at ? list([eventName(row.closed_by), moment(row.closed_at)]) : "",
    row.missing.length ? missing(row.missing) : "",
    row.uncounted ? say(texts.journeyUncounted, { field: row.uncounted }) : "",
  ];
  return { by, more };
}

function late(row) {
  const leg = (name, seconds) => (seconds === null ? "" : say(seconds > 0 ? texts.journeyLegBeyond : texts.journeyLegSpare, { leg: texts.journeyLeg[name], duration: lasting(seconds) }));
  return {
    by: say(texts.journeyBeyond, { duration: lasting(row.late_s) }),
    more: [
      say(texts.journeyAccountable, { leg: texts.journeyLeg[row.accountable] }),
      leg("shop", row.shop_s), leg("carrier", row.carrier_s), row.missing.length ? missing(row.missing) : "",
    ],
  };
}

function told(row, moment) {
  return {
    by: row.by_s ? say(row.by_s > 0 ? texts.journeyCourierLater : texts.journeyCourierEarlier, { duration: lasting(row.by_s) }) : "",
    more: [
      say(texts.journeyToldDate, { moment: moment(row.eta), at: moment(row.at) }),
      row.courier_eta ? say(texts.journeyCourierDate, { moment: moment(row.courier_eta) }) : texts.journeyCourierUnknown,
      row.slipped_s ? say(texts.journeySlipped, { duration: lasting(row.slipped_s) }) : "",
    ],
  };
}

function moved(row, moment) {
  const date = (time) => (time ? moment(time) : "\u2014");
  return {
    by: row.by_s ? say(row.by_s > 0 ? texts.journeyLater : texts.journeyEarlier, { duration: lasting(row.by_s) }) : "",
    more: [say(texts.journeyMovedDate, { from: date(row.first_eta), to: date(row.eta), at: moment(row.at) })],
  };
}
