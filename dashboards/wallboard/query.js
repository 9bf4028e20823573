// What the page's address says: which thing it is about, and how its lists are narrowed. A wall can be opened so.

export const asked = (name) => new URLSearchParams(location.search).get(name) || "";

// Takes over what was chosen, by name; an empty value goes.
export function keep(values) {
  const address = new URL(location.href);
  for (const [name, value] of values) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  history.replaceState(null, "", address);
}

// The last part of the path, as it was before it was written into an address.
export function subject() {
  const last = location.pathname.slice(location.pathname.lastIndexOf("/") + 1);
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
