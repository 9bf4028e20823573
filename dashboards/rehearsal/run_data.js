// What the file holds, made ready: times as numbers, courses as points, and which anomaly of one run is which of the other.

import { titleOf } from "./naming.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE; // an end is told once it has lasted

export const story = JSON.parse(document.getElementById("story").textContent);

const key = (fingerprint, detectedAt) => `${fingerprint} ${detectedAt}`;

// By anomaly and side: how much later, in seconds, the other run found the same.
const pairs = new Map((story.against?.both || []).flatMap((one) => one.detected_at.map((at, side) =>
  [key(one.fingerprint, at) + side, side ? -one.later_s : one.later_s])));

export const series = (metric, scope) => JSON.stringify([metric, Object.entries(scope).sort()]);

export const truth = story.truth.map((entry) => ({ ...entry, from: Date.parse(entry.start), until: Date.parse(entry.end) }));

export const messages = story.messages.map((message) => ({ ...message, at: Date.parse(message.time) }));

export const runFrom = Math.min(...story.courses.map((course) => course.minutes[0] * MINUTE), Date.parse(story.figures.to) - MINUTE);
export const runUntil = Math.max(Date.parse(story.figures.to), runFrom + MINUTE);

export const anomalies = story.anomalies.map(read);

export const courses = story.courses.map((course) => {
  let minute = 0;
  const points = course.minutes.map((step, place) => {
    minute += step;
    return [minute * MINUTE, course.value[place], course.expected[place], course.lower[place], course.upper[place]];
  });
  return { ...course, ...known(course.metric), points, key: series(course.metric, course.scope) };
});

export const byKey = grouped(anomalies);

function read(anomaly) {
  const pair = pairs.get(key(anomaly.fingerprint, anomaly.detected_at) + anomaly.side);
  const ended = anomaly.ended_at ? Date.parse(anomaly.ended_at) : runUntil;
  return {
    ...anomaly, ...known(anomaly.metric), key: series(anomaly.metric, anomaly.scope), pair,
    from: Date.parse(anomaly.started_at), detected: Date.parse(anomaly.detected_at),
    until: ended, ended: Boolean(anomaly.ended_at),
    messages: messages.filter((one) => one.side === anomaly.side && one.fingerprints.includes(anomaly.fingerprint) && one.at >= Date.parse(anomaly.detected_at) && one.at <= ended + HOUR),
  };
}

function known(name) {
  const metric = story.metrics[name] || { title: [name, name], touchpoint: "", unit: "number" };
  return { title: titleOf(metric.title, name), touchpoint: metric.touchpoint, unit: metric.unit };
}

function grouped(list) {
  const found = new Map();
  for (const one of list) found.set(one.key, [...(found.get(one.key) || []), one]);
  return found;
}
