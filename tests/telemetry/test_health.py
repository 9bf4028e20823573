"""Readiness is truthful: it names every unmet condition."""

from __future__ import annotations

from streams.telemetry.health import Health, Unmet


def ready() -> Health:
    health = Health()
    health.assign([("orders", 0), ("orders", 1)])
    health.caught_up("orders", 0)
    health.caught_up("orders", 1)
    return health


def reasons(health: Health) -> list[Unmet]:
    return [shortfall.reason for shortfall in health.shortfalls()]


def test_a_new_worker_is_alive_and_not_ready() -> None:
    health = Health()

    assert health.alive
    assert reasons(health) == [Unmet.NOT_ASSIGNED]


def test_a_worker_is_ready_when_every_partition_is_caught_up() -> None:
    assert reasons(ready()) == []


def test_a_worker_without_partitions_is_ready_once_that_is_its_assignment() -> None:
    health = Health()
    health.assign([])

    assert reasons(health) == []


def test_a_partition_gained_by_a_rebalance_must_catch_up_and_a_kept_one_need_not() -> None:
    health = ready()
    health.assign([("orders", 1), ("orders", 2)])

    assert [shortfall.detail for shortfall in health.shortfalls()] == ["catching up on orders-2"]


def test_a_rebalance_ends_readiness_until_the_new_assignment() -> None:
    health = ready()
    health.revoke()

    assert reasons(health) == [Unmet.NOT_ASSIGNED]


def test_many_partitions_behind_are_named_in_part() -> None:
    health = Health()
    health.assign([("visits", number) for number in range(12)])

    detail = "catching up on visits-0, visits-1, visits-2, visits-3, visits-4 and 7 more"
    assert [shortfall.detail for shortfall in health.shortfalls()] == [detail]


def test_a_receiver_counts_as_unreachable_until_it_answers_again() -> None:
    health = ready()
    health.receiver("robot", "connection refused")
    unreachable = health.shortfalls()
    health.receiver("robot")

    assert [shortfall.detail for shortfall in unreachable] == ["receiver robot: connection refused"]
    assert reasons(health) == []


def test_a_crash_ends_life_and_readiness() -> None:
    health = ready()
    health.crash("the merge agent ended")

    assert not health.alive
    assert reasons(health) == [Unmet.CRASHED]
