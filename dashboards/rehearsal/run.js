// The page of a run: figures, one time line, the anomalies, and a chart for each metric. Everything is in this file.

import { element } from "./element.js";
import { clockFormats, duration } from "./formats.js";
import { scopeText, touchpointOf } from "./naming.js";
import { chart } from "./run_chart.js";
import { anomalies, byKey, courses, runFrom, runUntil, story } from "./run_data.js";
import { comparison, facts } from "./run_facts.js";
import { card } from "./run_list.js";
import { legend, overview } from "./run_overview.js";
import { words } from "./run_words.js";
import { choose, language, languages, say, tag, texts } from "./texts.js";

const AROUND = 900_000; // shown before and after an anomaly that is looked at
const at = (id) => document.getElementById(id);
const DAY = 86_400_000;
const view = { from: runFrom, until: runUntil, formats: clockFormats(story.timezone), label, room: () => (long() ? 9 : 5) };
const drawn = new IntersectionObserver((entries) => entries.filter((one) => one.isIntersecting).forEach((one) => draw(one.target)), { rootMargin: "600px" });
const charts = new Map();

document.documentElement.lang = tag;
for (const node of document.querySelectorAll("[data-word]")) node.textContent = words[node.dataset.word];
for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", texts[node.dataset.label]);
at("languages").append(...languages.map((one) => {
  const button = element("button", { type: "button", lang: one.tag, "aria-pressed": one.code === language }, one.name);
  button.addEventListener("click", () => choose(one.code));
  return button;
}));
options("severity", ["critical", "warning", "info"].map((name) => [name, texts.severity[name]]));
options("touchpoint", [...new Set(courses.map((one) => one.touchpoint))].map((name) => [name, texts.touchpoint[name] || name]));
if (story.against) {
  at("which-label").hidden = at("against").hidden = false;
  at("against").append(...comparison());
  options("which", [["both", words.side.both], ...story.sides.map((name, side) => [`only${side}`, say(words.side.only, { name })])]);
}
const own = anomalies.filter((one) => one.side === 0);
at("headline").textContent = say(words.found, { count: own.length, span: duration(runUntil - runFrom) });
document.title = `Pharos \u2013 ${story.file}`;
at("facts").append(...facts(view, runFrom, runUntil));
at("legend").append(...legend());
at("filters").addEventListener("input", show);
at("filters").addEventListener("submit", (event) => event.preventDefault());
at("all").addEventListener("click", () => zoom(runFrom, runUntil));
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === width) return; // a phone's address bar comes and goes
  width = innerWidth;
  show();
});
show();

// A time as the scales say it: with its day where more than one is shown. Room for it, in rem: `view.room`.
function label(time) {
  return long() ? view.formats.moment(time, 0) : view.formats.time(time);
}

function long() {
  return view.until - view.from > DAY;
}

function options(id, known) {
  at(id).append(element("option", { value: "" }, words.all), ...known.map(([value, text]) => element("option", { value }, text)));
}

function zoom(from, until) {
  view.from = Math.max(runFrom, from);
  view.until = Math.min(runUntil, until);
  show();
}

function fits(one, scope) {
  const asked = plain(at("find").value).split(/\s+/);
  const titles = story.metrics[one.metric]?.title || [];
  const said = plain([one.metric, one.metric.replaceAll("_", " "), ...titles, scopeText(scope), touchpointOf(one)].join("\n"));
  return asked.every((part) => said.includes(part)) && (!at("touchpoint").value || one.touchpoint === at("touchpoint").value);
}

function plain(text) {
  return text.normalize("NFKC").toLowerCase().trim();
}

function fitsToo(anomaly) {
  const which = at("which").value;
  const paired = anomaly.pair !== undefined;
  if (which === "both" ? !paired : which && (paired || which !== `only${anomaly.side}`)) return false;
  return fits(anomaly, anomaly.scope) && (!at("severity").value || anomaly.severity === at("severity").value);
}

function show() {
  const found = anomalies.filter(fitsToo);
  const narrowed = at("troubled").checked || at("severity").value || at("which").value;
  const troubled = new Set(found.map((one) => one.metric));
  const pictures = courses.filter((course) => (found.some((one) => one.key === course.key) || fits(course, course.scope)) && (!narrowed || (course.whole ? troubled.has(course.metric) : found.some((one) => one.key === course.key))));
  const listed = found.filter((one) => one.side === 0 || one.pair === undefined).toSorted((one, other) => one.detected - other.detected);
  const zoomed = view.from !== runFrom || view.until !== runUntil;
  at("all").hidden = !zoomed;
  at("range").textContent = zoomed ? `${view.formats.moment(view.from, 0)} \u2013 ${view.formats.moment(view.until, 0)}` : "";
  at("overview").replaceChildren(overview(found, view, Math.max(280, at("overview").clientWidth)));
  at("anomalies-title").textContent = say(words.anomalies, { count: listed.length });
  at("anomalies").replaceChildren(...listed.map((one) => card(one, view, look)));
  if (!listed.length) at("anomalies").append(element("li", { class: "quiet" }, words.nothingFits));
  at("metrics-title").textContent = say(words.metrics, { count: pictures.length });
  drawn.disconnect();
  charts.clear();
  at("metrics").replaceChildren(...pictures.map(place));
  if (story.left_out) at("metrics").append(element("p", { class: "quiet" }, say(words.leftOut, { count: story.left_out })));
}

// A box for a chart that is drawn once it comes into sight.
function place(course) {
  const count = (byKey.get(course.key) || []).filter((one) => one.side === 0 || one.pair === undefined).length;
  const box = element("section", { class: `course${course.whole ? "" : " part"}`, tabindex: "-1" },
    element("h3", {}, course.title, " ", element("span", { class: "quiet" }, scopeText(course.scope), count ? ` \u00b7 ${say(words.anomalies, { count })}` : "")),
    element("div", { class: "picture" }));
  charts.set(box, course);
  drawn.observe(box);
  return box;
}

function draw(box) {
  drawn.unobserve(box);
  box.lastElementChild.replaceWith(chart(charts.get(box), view, Math.max(280, box.clientWidth - 2 * parseFloat(getComputedStyle(box).paddingLeft))));
}

function look(anomaly) {
  zoom(anomaly.from - AROUND, anomaly.until + AROUND);
  const box = [...charts].find(([, course]) => course.key === anomaly.key)?.[0] || [...charts].find(([, course]) => course.metric === anomaly.metric)?.[0];
  box?.scrollIntoView({ block: "center" });
  box?.focus({ preventScroll: true });
}
