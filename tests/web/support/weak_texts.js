// Texts with less contrast than 4.5:1, with what they are and the contrast; backgrounds lie over each other.
() => {
  const parse = (text) => {
    const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number);
    return [r, g, b, a];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const ground = (node) =>
    node === null ? [255, 255, 255, 1] : over(parse(getComputedStyle(node).backgroundColor), ground(node.parentElement));
  const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  const ratio = (one, other) => {
    const [high, low] = [light(one), light(other)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  };
  const found = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE);
    const text = own.map((child) => child.data).join("").trim();
    if (!text || !node.checkVisibility()) continue;
    const style = getComputedStyle(node);
    const under = ground(node);
    const colour = over(parse(node instanceof SVGElement ? style.fill : style.color), under);
    if (ratio(colour, under) < 4.5) found.push([text, node.getAttribute("class"), ratio(colour, under).toFixed(2)]);
  }
  return found;
}
