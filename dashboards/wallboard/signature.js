// The name under what is done from the wall: asked for once, told above the rows, changed there by the next shift.

import { actor, mayAct, mayOnlyLook, rename, tokenName } from "./actor.js";
import { askToken, at } from "./frame.js";
import { redraw } from "./redraw.js";
import { say, texts } from "./texts.js";

let signed = null; // takes the name that is asked for

export function prepareSignature() {
  at("signing-form").addEventListener("submit", sign);
  at("signing-leave").addEventListener("click", () => at("signing").close());
  at("signing").addEventListener("close", () => signed?.(at("signing").returnValue));
  at("acting-change").addEventListener("click", change);
}

// The name, at once where it is known; "" from who gives up. `label` says what the name is for.
export const signature = (label) => (actor() ? Promise.resolve(actor()) : askName(label));

export function drawSignature() {
  at("acting").hidden = !(mayOnlyLook() || (mayAct() && actor()));
  redraw(at("acting-as"), mayOnlyLook() ? texts.lookingOnly : say(texts.actingAs, { name: actor() }));
  redraw(at("acting-change"), mayOnlyLook() ? texts.otherToken : texts.changeName);
  at("acting-change").hidden = mayAct() && Boolean(tokenName());
}

async function change() {
  if (mayOnlyLook()) return askToken();
  await askName(texts.keepName);
  return drawSignature();
}

function askName(label) {
  at("signing").returnValue = "";
  at("signing-problem").textContent = "";
  at("actor").removeAttribute("aria-invalid");
  at("actor").value = actor();
  at("sign").textContent = label;
  at("signing").showModal();
  return new Promise((resolve) => { signed = resolve; });
}

function sign(event) {
  event.preventDefault();
  const name = at("actor").value.trim();
  if (name) {
    rename(name);
    at("signing").close(name);
    return;
  }
  at("actor").setAttribute("aria-invalid", "true");
  at("signing-problem").textContent = texts.actorMissing;
  at("actor").focus();
}
