"""Which anomaly speaks for which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from streams.register.inhibition import Inhibition, OpenAnomalies, inhibits
from tests.support.sample_anomaly import sample_anomaly

if TYPE_CHECKING:
    from streams.records.anomaly import Anomaly

AT = "2025-11-11T00:00:00Z"


def one(name: str, severity: str = "warning", **fields: Any) -> Anomaly:
    return sample_anomaly(AT, AT, fingerprint=name, severity=severity, **fields)


PART = one("part", scope={"region": "zhejiang"})


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (one("s", "critical", scope={"region": "zhejiang"}, metric="payments"), Inhibition.GRAVER),
        (one("s", "warning", scope={"region": "zhejiang"}, metric="payments"), None),
        (one("s", "critical", scope={"region": "jiangsu"}), None),
        (one("s", "critical", scope={"region": "zhejiang"}, touchpoint="page"), None),
        (one("s"), Inhibition.WHOLE),
        (one("s", "critical"), Inhibition.WHOLE),
        (one("s", "info"), None),
        (one("s", state="resolved"), None),
        (one("s", direction="up"), None),
        (one("s", metric="payments"), None),
        (one("s", caused_by="c"), None),
        (one("part", "critical"), None),
    ],
)
def test_the_graver_in_the_same_scope_and_the_whole_over_its_part(source: Anomaly, why: Inhibition | None) -> None:
    assert inhibits(source, PART) is why


def test_the_whole_does_not_speak_for_a_part_that_is_graver() -> None:
    assert inhibits(one("s"), one("p", "critical", scope={"region": "zhejiang"})) is None


def test_a_cause_speaks_for_its_symptom_wherever_that_is() -> None:
    symptom = one("symptom", "critical", touchpoint="consultation", caused_by="cause")

    assert inhibits(one("cause", caused_by="root"), symptom) is Inhibition.CAUSE


def test_of_several_the_gravest_is_named_and_lists_the_rest() -> None:
    whole, grave = one("whole"), one("grave", "critical", scope={"region": "zhejiang"}, metric="payments")
    known = OpenAnomalies([PART, whole, grave])
    found = known.inhibitor_of(PART)

    assert found is not None
    assert (found.anomaly.fingerprint, found.why) == ("grave", Inhibition.GRAVER)
    assert [a.fingerprint for a in known.inhibited_by(grave)] == ["part"]
    assert known.inhibitor_of(grave) is None
