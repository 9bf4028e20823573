// Every word the page says itself. Another language is another table of the same keys.

const en = {
  calm: "All is well",
  firing: (open) => (open === 1 ? "1 open anomaly" : `${open} open anomalies`),
  headline: ({ critical, warning, recovering, info }) => {
    const words = [];
    if (critical) words.push(`${critical} critical`);
    if (warning) words.push(`${warning} ${warning === 1 ? "warning" : "warnings"}`);
    if (recovering) words.push(`${recovering} recovering`);
    if (info && !words.length) words.push(`Nothing pressing, ${info} ${info === 1 ? "notice" : "notices"}`);
    return words.join(", ");
  },
  replayedTime: "replayed time",
  blind: "No data yet",
  partlyBlind: "No open anomaly, but part of the view is missing",
  open: "Open anomalies",
  signals: "Signals, last hour",
  recent: "Recently resolved",
  nothingOpen: "Nothing needs attention.",
  nothingOpenBlind: "Nothing is known to need attention; see what is not reporting.",
  nothingRecent: "Nothing was resolved in the last 24 hours.",
  more: (count) => `and ${count} more, see /api/v1/anomalies`,
  moreNotices: (count) => `and ${count} more ${count === 1 ? "notice" : "notices"}`,
  severity: { critical: "Critical", warning: "Warning", info: "Notice" },
  recovering: "Recovering",
  whole: "Whole shop",
  expected: "expected",
  since: "since",
  lasted: "lasted",
  peak: "worst",
  score: "score",
  scoreMeaning: "1 is the limit of normal",
  contributors: "Where it comes from",
  others: "All else",
  causedBy: "Caused by",
  symptoms: "Symptoms of it",
  runbook: "Runbook",
  dashboard: "Dashboard",
  target: "target",
  noValue: "No data",
  noReading: "not enough to measure",
  lastSeen: (ago) => `last value ${ago} ago`,
  normalRange: "expected range",
  touchpoint: {
    page: "Page", consultation: "Consultation", order: "Order", logistics: "Logistics",
    aftersale: "After-sale", dispute: "Dispute", feedback: "Feedback", pipeline: "Pipeline",
  },
  state: {
    critical: "Critical", warning: "Warning", stale: "Stale", no_data: "No data", recovering: "Recovering",
    info: "Notice", replay: "Replaying", normal: "Normal", unwatched: "Not watched",
  },
  lateFeeds: (late, all) => `${late} of ${all} feeds`,
  feeds: "Events read up to",
  feed: {
    live: (ago) => `${ago} ago`,
    behind: (ago) => `${ago} behind`,
    replay: (moment) => `replaying ${moment}`,
    silent: (ago) => `silent for ${ago}`,
    none: "no data",
  },
  unreachable: (ago) => `The server does not answer. What you see is ${ago} old.`,
  neverReached: "The server does not answer.",
  protectedBoard: "This board is protected. Enter a viewer token:",
  enter: "Open the board",
  unknownToken: "This token is not known.",
  up: "above expected",
  down: "below expected",
  unit: { per_minute: "/min", per_thousand: "per 1,000" },
  duration: { day: "d", hour: "h", minute: "min", second: "s" },
};

export const language = "en";
export const texts = en;
