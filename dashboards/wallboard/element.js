// The only way these pages make elements: text goes in as text nodes, never as markup.

const SVG = "http://www.w3.org/2000/svg";

export function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) node.setAttribute(name, String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

// A link only where the address is a web address: data must not bring "javascript:".
export function link(address, text) {
  if (!/^https?:\/\//i.test(address || "")) return null;
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, text);
}
