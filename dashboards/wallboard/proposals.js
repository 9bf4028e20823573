// What the rules propose to do about an anomaly: shown to everybody, and to be approved or declined by who holds the role.

import { holds } from "./actor.js";
import { element } from "./element.js";
import { instant } from "./formats.js";
import { list, say, texts } from "./texts.js";

const DECISIONS = { approve: texts.approve, decline: texts.decline };

export function proposals(anomaly, context) {
  return (anomaly.proposals || []).map((proposal) => card(proposal, context));
}

function card(proposal, context) {
  const until = instant(proposal.until);
  const role = texts.role[proposal.role] || proposal.role;
  return element("section", { class: "proposal", "data-key": proposal.request },
    element("h3", {}, say(texts.proposed, { action: proposal.action })),
    proposal.note ? element("p", {}, proposal.note) : null,
    element("p", { class: "quiet" }, list([
      say(texts.asksRole, { role }),
      Number.isFinite(until) ? say(texts.until, { moment: context.moment(until) }) : "",
    ])),
    holds(proposal.role) ? element("p", { class: "decisions" }, Object.keys(DECISIONS).map((decision) => button(decision, proposal))) : null);
}

function button(decision, proposal) {
  return element("button", {
    type: "button", class: decision === "approve" ? "strong" : "", "data-action": decision, "data-request": proposal.request,
    "aria-label": say(texts.handOn, { label: DECISIONS[decision], what: proposal.action }),
  }, DECISIONS[decision]);
}

// A step of a request on the time line.
export function step(entry) {
  const ending = entry.outcome ? texts.ending[entry.outcome] || entry.outcome : "";
  return {
    time: instant(entry.time), kind: "by-hand",
    what: say(ending || texts.step[entry.step] || entry.step, { action: entry.action }),
    more: list([entry.actor, entry.reason]), note: entry.note,
  };
}
