// Tells those who hear the page what has opened and what is over since it was drawn last.

import { quantity } from "./formats.js";
import { scopeText, versus } from "./naming.js";
import { list, say, texts } from "./texts.js";

let known = null; // fingerprints of what was open

// A sentence a change, none for what was open when the page was opened.
export function news(board, context) {
  const before = known;
  known = new Set(board.anomalies.map((anomaly) => anomaly.fingerprint));
  if (before === null) return [];
  const opened = board.anomalies.filter((anomaly) => !before.has(anomaly.fingerprint));
  const ended = board.recent.filter((anomaly) => before.has(anomaly.fingerprint) && !known.has(anomaly.fingerprint));
  return [
    ...opened.map((anomaly) => say(texts.newAnomaly, { what: list([texts.severity[anomaly.severity], described(anomaly, context)]) })),
    ...ended.map((anomaly) => say(texts.endedAnomaly, { what: list([context.title(anomaly.metric), scopeText(anomaly.scope)]) })),
  ];
}

function described(anomaly, context) {
  return list([context.title(anomaly.metric), scopeText(anomaly.scope), quantity(anomaly.value, anomaly.unit), versus(anomaly)]);
}
