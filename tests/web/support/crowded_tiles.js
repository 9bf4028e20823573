// What cannot be read on the tiles of signals and touchpoints: texts over each other, out of their tile, or cut off.
() => {
  const box = (node) => node.getBoundingClientRect();
  const meet = (one, other) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > 0.5 &&
    Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 0.5;
  // As wide as the text is drawn, which may be wider than its box; as high as its lines, which letters leave air in.
  const drawn = (node) => {
    if (node instanceof SVGElement) return box(node);
    const range = document.createRange();
    range.selectNodeContents(node);
    const [text, lines] = [range.getBoundingClientRect(), box(node)];
    return { left: text.left, right: text.right, top: lines.top, bottom: lines.bottom };
  };
  const found = [];
  const visible = [".signal", ".touchpoint", ".touchpoint-head", ".deviating li"].flatMap((tiles) =>
    [...document.querySelectorAll(tiles)].filter((tile) => tile.checkVisibility()));
  for (const tile of visible) {
    const parts = [...tile.children].filter((node) => node.getAttribute("class") !== "unseen")
      .map((node) => ({ name: node.getAttribute("class"), node, box: drawn(node) }));
    const where = tile.dataset.metric || tile.closest("[data-touchpoint]").dataset.touchpoint;
    parts.forEach((one, place) => {
      for (const other of parts.slice(place + 1)) if (meet(one.box, other.box)) found.push([where, one.name, "over", other.name]);
      const outer = box(tile);
      if (one.box.bottom > outer.bottom + 0.5 || one.box.right > outer.right + 0.5) found.push([where, one.name, "out of its tile"]);
      // More than half a line is missing: letters reach a little out of their lines anyway.
      const style = getComputedStyle(one.node);
      if (style.overflowY === "hidden" && one.node.scrollHeight - one.node.clientHeight > parseFloat(style.lineHeight) / 2) {
        found.push([where, one.name, "cut off"]);
      }
    });
    const line = tile.matches(".signal") ? tile.querySelector(".sparkline") : null;
    if (line && box(line).height < 10) found.push([where, "sparkline", "flat"]);
  }
  return found;
}
