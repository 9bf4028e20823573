// How far the events of each topic have been read.

import { element } from "./element.js";
import { duration } from "./formats.js";
import { say, texts } from "./texts.js";

export const topicOf = (source) => texts.topic[source.topic] || source.topic;

export function feeds(board, context) {
  return [
    element("span", { class: "feeds-title" }, texts.feeds),
    ...board.sources.map((source) => element("span", { class: `feed feed-${source.state}`, "data-topic": source.topic },
      element("span", { class: "feed-name" }, topicOf(source)),
      element("span", { class: "feed-state" }, feedText(source, context)))),
  ];
}

function feedText(source, context) {
  return say(texts.feed[source.state], {
    moment: context.moment(source.watermark),
    duration: duration(context.now - (source.state === "silent" ? source.moved_at : source.watermark)),
  });
}
