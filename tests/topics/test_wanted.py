"""What topics a worker needs, and how many partitions each has."""

from __future__ import annotations

from streams.settings.settings import Settings
from streams.topics.wanted import Right, Role, embedded_topics, own_topics


def test_cases_have_as_many_partitions_as_cells_everywhere_and_a_worker_reads_and_writes_them() -> None:
    settings = Settings(cells_partitions=7)
    own = {topic.name: topic for topic in own_topics(settings)}

    cases, cells = own["pharos-cases"], own["pharos-cells"]
    assert cases == cells._replace(name="pharos-cases")
    assert (cases.partitions, cases.role, cases.counted, cases.made) == (7, Role.LOG, True, True)
    assert cases.rights == (Right.READ, Right.WRITE)
    assert embedded_topics(settings, 3)["pharos-cases"] == 7


def test_what_names_people_is_kept_for_a_day_in_one_partition() -> None:
    single = {topic.name: topic for topic in own_topics(Settings())}["pharos-single-events"]

    assert (single.partitions, single.counted, single.config["retention.ms"]) == (1, True, "86400000")


def test_the_embedded_broker_has_no_topic_of_snapshots_which_are_files_there() -> None:
    own = {topic.name for topic in own_topics(Settings())}

    assert own - set(embedded_topics(Settings(), 1)) == {"pharos-snapshots"}
