// An anomaly in one row: how grave, what and where, how far from expected.

import { element } from "./element.js";
import { quantity } from "./formats.js";
import { anomalyLink, mark, scopeText, tone, versus } from "./naming.js";
import { texts } from "./texts.js";

export function anomalyRow(anomaly, context, more = null) {
  return element("li", { class: "anomaly-row", "data-fingerprint": anomaly.fingerprint },
    element("span", { class: `row-state tone-${tone(anomaly)}` }, mark(tone(anomaly)), " ", texts.state[tone(anomaly)] || anomaly.severity),
    element("span", { class: "row-what" },
      anomalyLink(anomaly.fingerprint, context.title(anomaly.metric)),
      element("span", { class: "quiet" }, ` ${scopeText(anomaly.scope)}`), more),
    element("span", { class: "row-value" },
      quantity(anomaly.value, anomaly.unit),
      element("span", { class: "quiet" }, ` ${versus(anomaly)}`)));
}
