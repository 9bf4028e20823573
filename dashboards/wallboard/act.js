// Acknowledge, snooze, assess on an anomaly's page: asks for a name, sends, and says in words what came of it.

import { actor, forgetSession, mayOnlyLook, rename, tokenName } from "./actor.js";
import { minutesInWords, send, USUAL_MINUTES } from "./deed.js";
import { element } from "./element.js";
import { askToken, at } from "./frame.js";
import { redraw } from "./redraw.js";
import { address } from "./server.js";
import { spoken, texts } from "./texts.js";

const MINUTES = { ack: [15, 30, 60, 120, 240], snooze: [15, 30, 60, 240, 480] };

let fingerprint = "";
let context = null;
let sending = false;
let asked = new URLSearchParams(location.search).get("do"); // a link in a message asks, and does nothing

// What can still be done, by this reader: an anomaly that is over can only be assessed.
export function offer(anomaly) {
  at("act").hidden = mayOnlyLook();
  at("looking").hidden = !mayOnlyLook();
  at("ongoing").hidden = anomaly.state === "resolved";
  at("silence-alike").href = alike(anomaly);
  at("silence-alike").hidden = mayOnlyLook() || anomaly.state === "resolved";
  if (asked) goTo(asked);
  if (tokenName()) at("actor").value = tokenName();
  at("actor").readOnly = Boolean(tokenName());
  for (const button of at("verdicts").children) {
    button.setAttribute("aria-pressed", String(anomaly.feedback?.verdict === button.dataset.verdict));
  }
}

// Where a silence of all that is like this is made; the page shows what else it would keep quiet.
function alike(anomaly) {
  const page = address("silences");
  const labels = { metric: anomaly.metric, ...anomaly.scope };
  for (const [name, value] of Object.entries(labels)) page.searchParams.append("matcher", `${name}=${JSON.stringify(value)}`);
  return spoken(page);
}

function goTo(action) {
  asked = null;
  const target = action === "silence" ? at("silence-alike") : at("act").querySelector(`[data-action="${CSS.escape(action)}"]`);
  target?.focus();
}

// `known`: {moment, poll}, how times are told here, and how to ask for the anomaly anew.
offer.ready = (name, known) => {
  fingerprint = name;
  context = known;
  at("actor").value = actor();
  for (const [action, minutes] of Object.entries(MINUTES)) {
    at(`${action}-minutes`).append(...minutes.map((count) =>
      element("option", { value: count, selected: count === USUAL_MINUTES[action] ? "" : null }, minutesInWords(count))));
  }
  at("assignees").append(...Object.values(texts.assignees).map((role) => element("option", { value: role })));
  at("verdicts").append(...Object.entries(texts.verdict).map(([verdict, words]) =>
    element("button", { type: "button", "data-action": "feedback", "data-verdict": verdict, "aria-pressed": "false" }, words)));
  at("looking-only").textContent = texts.refusal.role;
  at("looking-token").addEventListener("click", askToken);
  at("proposals").addEventListener("click", ({ target }) => {
    if (target.dataset.request) take(target.dataset.action, { request: target.dataset.request });
  });
  at("act").addEventListener("submit", (event) => event.preventDefault());
  at("act").addEventListener("click", ({ target }) => {
    if (target.dataset.action) take(target.dataset.action, detailsOf(target.dataset));
  });
};

function detailsOf({ action, verdict }) {
  if (action === "assign") return { assignee: at("assignee").value.trim() };
  return verdict ? { verdict } : { minutes: Number(at(`${action}-minutes`).value) };
}

async function take(action, details) {
  const name = at("actor").value.trim();
  const note = at("note").value.trim();
  at("actor").setAttribute("aria-invalid", String(!name));
  if (!name) {
    tell(texts.actorMissing, true);
    at("actor").focus();
    return;
  }
  if (action === "assign" && !at("assignee").value.trim()) {
    tell(texts.assigneeMissing, true);
    at("assignee").focus();
    return;
  }
  if (sending) return;
  sending = true;
  rename(name);
  tell(texts.sending);
  const { taken, words, status, reason } = await send(
    fingerprint, action, { actor: name, ...(note ? { note } : {}), ...details }, context.moment);
  sending = false;
  tell(words, !taken);
  if (taken) at("note").value = "";
  if (status === 401 || reason === "role") offerToken();
  if (taken) context.poll();
}

function offerToken() {
  forgetSession();
  const button = element("button", { type: "button" }, texts.otherToken);
  button.addEventListener("click", askToken);
  at("act-result").append(" ", button);
}

function tell(words, isProblem = false) {
  at("act-result").classList.toggle("problem", isProblem);
  redraw(at("act-result"), words);
}
