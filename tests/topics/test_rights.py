"""Which rights a worker needs, and how what is missing is said."""

from __future__ import annotations

from streams.settings.settings import Settings
from streams.topics.check_result import Level
from streams.topics.remedy import Remedies
from streams.topics.rights import Resource, groups, missing_rights, transactions
from streams.topics.wanted import Right

REMEDIES = Remedies("k:9092", secured=True, principal="User:pharos")


def test_what_is_allowed_is_no_finding() -> None:
    assert not list(missing_rights(Resource("topic", "orders", (Right.READ,)), {Right.READ}, "user pharos", REMEDIES))


def test_what_is_missing_is_named_with_the_command_that_allows_it() -> None:
    resource = Resource("topic", "pharos-cells", (Right.READ, Right.WRITE))

    (finding,) = missing_rights(resource, {Right.READ}, "user pharos", REMEDIES)

    assert finding.level is Level.WRONG
    assert str(finding) == (
        "user pharos may not Write topic pharos-cells: kafka-acls.sh --bootstrap-server k:9092 --command-config FILE "
        "--add --allow-principal 'User:pharos' --operation Write --topic pharos-cells"
    )


def test_transactions_are_allowed_by_their_prefix() -> None:
    (finding,) = missing_rights(transactions(Settings(app="shop")), (), "user pharos", REMEDIES)

    assert "transactional-id shop-*" in finding.what
    assert finding.remedy.endswith("--transactional-id shop- --resource-pattern-type prefixed")


def test_a_worker_has_a_group_that_counts_and_those_that_notify_link_and_ask_about_single_events() -> None:
    names = ["shop", "shop-notify", "shop-linkage", "shop-single-events"]

    assert [group.name for group in groups(Settings(app="shop"))] == names
