// Draws only what differs, in place: a reader's focus and selection stay, and a screen reader is not told old news.

export function redraw(place, ...nodes) {
  const fresh = document.createElement(place.localName);
  fresh.append(...nodes.flat().filter(Boolean));
  const focused = document.activeElement;
  syncChildren(place, fresh);
  if (focused !== document.activeElement && place.contains(focused)) focused.focus({ preventScroll: true });
}

// Children that stand for an anomaly are known by its fingerprint, wherever it has moved, and those that do something by
// a key: a button must not turn into another one under a finger. Others are known by their place.
function syncChildren(old, fresh) {
  const keyed = new Map([...old.children].filter(key).map((child) => [key(child), child]));
  let at = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    const same = key(next) ? keyed.get(key(next)) : at && !key(at) ? at : null;
    if (!same || !alike(same, next)) {
      old.insertBefore(next, at);
      continue;
    }
    if (same === at) at = at.nextSibling;
    else old.insertBefore(same, at);
    sync(same, next);
  }
  while (at) {
    const after = at.nextSibling;
    at.remove();
    at = after;
  }
}

function sync(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType === Node.TEXT_NODE) {
    old.data = fresh.data;
    return;
  }
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  syncChildren(old, fresh);
}

const key = (node) => node.dataset?.key || node.dataset?.fingerprint;
const alike = (one, other) => one.nodeType === other.nodeType && one.nodeName === other.nodeName;
