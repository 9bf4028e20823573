"""Errors as people see them: one sentence with the remedy, and an exit code."""

from __future__ import annotations

from streams.cli.os_errors import sentence_of

FAILED = 1
WRONG = 2
FAULT = 3
_LONGEST = 800

# By name, because a command that fails early should not load Faust to say so.
SPOKEN = {
    "streams.cli.errors.UsageError": WRONG,
    "streams.configuration.load.ConfigurationError": WRONG,
    "streams.settings.located_yaml.LocatedError": WRONG,
    "streams.offline.events_file.EventsFileError": WRONG,
    "streams.offline.events_file.UnwritableError": FAILED,
    "streams.offline.scenario.ScenarioError": WRONG,
    "streams.offline.truth.TruthError": WRONG,
    "streams.imports.table.ImportProblem": WRONG,
    "streams.offline.score.ScoreError": WRONG,
    "streams.affected.search.AnomalyUnknownError": WRONG,
    "streams.web.security.UnsafeBindingError": WRONG,
    "streams.broker.admin.BrokerUnreachableError": FAILED,
    "streams.broker.librdkafka.BrokerUnavailableError": FAILED,
    "streams.offline.replay.ReplayError": FAILED,
    "streams.affected.search.AffectedSearchError": FAILED,
    "streams.broker.make_topics.TopicsError": FAILED,
    "dashboards.grafana.server.GrafanaError": FAILED,
    "streams.transport.life.watch.WorkerFailedError": FAILED,
}
# What Kafka's clients raise: where it comes this far, nobody knew a better sentence.
OF_KAFKA = ("cimpl.KafkaException", "aiokafka.errors.KafkaError")


class UsageError(ValueError):
    """What was asked for cannot be meant; the message says what to ask for."""


def explain(error: Exception) -> tuple[int, str]:
    """Exit code and sentence of an error. Only errors whose text is meant for people are shown as they are."""
    text = " ".join(str(error).split())
    for kind in type(error).__mro__:
        code = SPOKEN.get(f"{kind.__module__}.{kind.__qualname__}")
        if code is not None:
            return code, _shortened(text)
    if any(f"{kind.__module__}.{kind.__qualname__}" in OF_KAFKA for kind in type(error).__mro__):
        return FAILED, f"Kafka: {text}; see what `pharos check --live` says of it"
    if isinstance(error, OSError):
        return FAILED, _shortened(sentence_of(error))
    if isinstance(error, MemoryError):
        return FAILED, "the memory of this machine is used up; give it more, or ask for less"
    return FAULT, f"unexpected {type(error).__name__}: {text}; run it again with --debug and report what it shows"


def _shortened(text: str) -> str:
    """What was read may stand in it, however long it is; the remedy stands at the end."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 2 :]}"
