// Words of the page of a run that no other page has. Data only: tests hold it against the other language.
export default {
  "found": {"one": "{count} anomaly in {span}", "other": "{count} anomalies in {span}"},
  "fact": {
    "file": "Events", "records": "Records", "span": "From, to", "alarms": "Warnings and critical a day", "messages": "Messages",
    "recall": "Incidents found", "precision": "Precision", "delay": "Time to detect, median", "falseAlarms": "False alarms a day"
  },
  "timeline": "Timeline",
  "wholeRun": "Show the whole run",
  "legend": {"truth": "what went wrong (truth)", "trap": "a trap (nothing wrong)", "message": "message", "anomaly": "anomaly", "other": "anomaly of {name}"},
  "row": {"truth": "Truth", "messages": "Messages", "anomalies": "Anomalies"},
  "find": "Find",
  "severity": "Severity",
  "touchpoint": "Touchpoint",
  "which": "Compared",
  "all": "all",
  "onlyTroubled": "only metrics with anomalies",
  "anomalies": {"one": "{count} anomaly", "other": "{count} anomalies"},
  "metrics": {"one": "{count} chart", "other": "{count} charts"},
  "leftOut": {"one": "{count} further series with anomalies has no chart.", "other": "{count} further series with anomalies have no chart."},
  "nothingFits": "Nothing fits the filter.",
  "detectedAt": "detected {moment}",
  "notResolved": "not resolved at the end",
  "messagesSent": {"one": "{count} message", "other": "{count} messages"},
  "noMessage": "no message",
  "causes": "Explains {count} more",
  "noPart": "No part stood out.",
  "ruling": {
    "hit": "right: {entry}", "symptom": "symptom of {entry}", "info": "notice, never paged", "surplus": "false: one too many for {entry}",
    "in_trap": "false: {entry} is a trap", "false": "false"
  },
  "side": {"both": "in both", "only": "only in {name}"},
  "earlier": "{duration} earlier in {name}",
  "sameMoment": "at the same moment in both",
  "showInChart": "Show in the chart",
  "point": "{moment}: {value}, expected {expected}",
  "compared": "Compared",
  "compare": {
    "alarms_a_day": "Warnings and critical a day", "critical": "of them critical a day", "messages_a_day": "Messages a day",
    "recall": "Incidents found", "precision": "Precision", "delay": "Time to detect, median", "false_alarms_a_day": "False alarms a day",
    "to": "Messages to {name}", "only": "Anomalies only here", "both": "Anomalies in both"
  }
};
