// Who acts from this browser: what the server lets them do, and the name that stands beside it.

import { read } from "./server.js";
import { remember } from "./texts.js";

const REMEMBERED = "pharos.actor";
const ROLES = ["viewer", "responder", "operator", "admin"]; // each may do what those before it may

let session = null; // {role, name}; an empty one where the server has none to tell
let said = ""; // for browsers that remember nothing

// Whether something was learned: the server is asked once, until the session is forgotten.
export async function learnSession() {
  if (session) return false;
  const { status, body } = await read("api/v1/session");
  if (status === 200 || status === 404) session = (status === 200 && body) || {};
  return session !== null;
}

export function forgetSession() {
  session = null;
}

// A role that nobody knows takes an admin, as on the server.
export function holds(role) {
  const needed = ROLES.indexOf(role === "on-call" ? "responder" : role);
  return ROLES.indexOf(session?.role) >= (needed < 0 ? ROLES.length - 1 : needed);
}

export const mayAct = () => holds("responder");
export const mayOnlyLook = () => Boolean(session?.role) && !mayAct();

// The name beside the token wins on the server, so it is the one that is shown.
export const tokenName = () => session?.name || "";
export const actor = () => tokenName() || said || remember(REMEMBERED) || "";

export function rename(name) {
  said = name;
  remember(REMEMBERED, name);
}
