"""Publishing makes a Grafana as it is wanted, twice is as good as once, and what differs is told."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from dashboards.grafana.publish import compare, publish
from dashboards.grafana.resource import Outcome
from dashboards.grafana.server import GrafanaError, connected

if TYPE_CHECKING:
    from collections.abc import Callable

    from dashboards.boards.plan import Plan
    from dashboards.grafana.resource import Finding
    from tests.dashboards.grafana.support.documented_grafana import DocumentedGrafana

Resources = "Callable[..., list[Any]]"


async def done(step: Callable[..., Any], resources: list[Any]) -> dict[str, Finding]:
    found = await asyncio.to_thread(lambda: list(step(resources)))
    return {finding.name: finding for finding in found}


async def test_an_empty_grafana_gets_folders_permissions_source_boards_and_milestones(
    grafana: DocumentedGrafana, resources: Resources
) -> None:
    found = await done(publish, resources())

    assert {finding.outcome for name, finding in found.items() if name != "boards of before"} == {Outcome.WRITTEN}
    assert set(grafana.folders) == {"pharos", "pharos-touchpoints", "pharos-operations"}
    assert grafana.boards["pharos-order"]["meta"]["folderUid"] == "pharos-touchpoints"
    assert grafana.boards["pharos-pipeline"]["meta"]["folderUid"] == "pharos-operations"
    assert grafana.sources["pharos-prometheus"]["url"] == "http://prometheus:9090"


async def test_viewers_see_the_boards_of_the_room_and_not_those_of_operations(
    grafana: DocumentedGrafana, resources: Resources
) -> None:
    await done(publish, resources())

    assert grafana.permissions["pharos"] == [{"role": "Viewer", "permission": 1}, {"role": "Editor", "permission": 1}]
    assert grafana.permissions["pharos-operations"] == [{"role": "Editor", "permission": 1}]


async def test_what_was_granted_to_a_team_is_kept(grafana: DocumentedGrafana, resources: Resources) -> None:
    await done(publish, resources())
    grafana.permissions["pharos-operations"] = [
        {"role": "Viewer", "permission": 1},
        {"teamId": 7, "team": "night shift", "permission": 2},
    ]

    await done(publish, resources())

    assert grafana.permissions["pharos-operations"] == [
        {"role": "Editor", "permission": 1},
        {"teamId": 7, "permission": 2},
    ]


async def test_a_second_publish_writes_nothing(grafana: DocumentedGrafana, resources: Resources) -> None:
    await done(publish, resources())
    grafana.writes.clear()

    found = await done(publish, resources())

    assert {finding.outcome for finding in found.values()} == {Outcome.SAME}
    assert grafana.writes == []


async def test_a_comparison_tells_what_differs_and_writes_nothing(
    grafana: DocumentedGrafana, resources: Resources
) -> None:
    await done(publish, resources())
    grafana.writes.clear()
    board = grafana.boards["pharos-order"]["dashboard"]
    board["panels"][1]["title"] = "by hand"
    board["panels"].append({"type": "text"})
    grafana.folders["pharos"]["title"] = "Ours"
    grafana.boards["pharos-overview"]["meta"]["folderUid"] = "general"

    found = await done(compare, resources())

    different = {name: finding.differences for name, finding in found.items() if finding.outcome is Outcome.DIFFERENT}
    assert different.keys() == {"board pharos-order", "board pharos-overview", "folder pharos"}
    assert different["folder pharos"] == ["title is 'Ours' instead of 'Pharos'"]
    assert different["board pharos-order"][0].startswith("panels has ")
    assert different["board pharos-overview"] == ["is in folder 'general' instead of 'pharos'"]
    assert grafana.writes == []


async def test_what_was_changed_by_hand_is_made_as_it_was(grafana: DocumentedGrafana, resources: Resources) -> None:
    await done(publish, resources())
    grafana.boards["pharos-order"]["dashboard"]["title"] = "by hand"
    grafana.writes.clear()

    await done(publish, resources())

    assert grafana.boards["pharos-order"]["dashboard"]["title"] == "Pharos: Orders and payment"
    assert grafana.writes == ["POST /api/dashboards/db"]


async def test_a_board_that_nothing_wants_any_more_is_removed_and_others_are_left_alone(
    grafana: DocumentedGrafana, resources: Resources, smaller: Plan
) -> None:
    await done(publish, resources())
    grafana.boards["of-somebody"] = {"dashboard": {"tags": ["pharos", "generated"], "version": 1}, "meta": {}}

    found = await done(publish, resources(smaller))

    assert found["boards of before"].differences == ["pharos-feedback is there and should not be"]
    assert "pharos-feedback" not in grafana.boards
    assert "of-somebody" in grafana.boards


async def test_two_installations_in_one_grafana_leave_each_other_alone(
    grafana: DocumentedGrafana, resources: Resources, plan: Plan, smaller: Plan
) -> None:
    def east(of: Plan) -> Plan:
        return replace(of, thresholds=replace(of.thresholds, app="east"))

    await done(publish, resources())
    await done(publish, resources(east(plan)))
    there = {uid: board["dashboard"] for uid, board in grafana.boards.items()}
    grafana.writes.clear()

    assert {finding.outcome for finding in (await done(compare, resources())).values()} == {Outcome.SAME}
    assert len(there) == 2 * sum("(east)" in board["title"] for board in there.values())
    assert len(grafana.folders) == len({folder["title"] for folder in grafana.folders.values()}) == 6
    assert len({source["name"] for source in grafana.sources.values()}) == 2
    assert len(grafana.annotations) == 2

    found = await done(publish, resources(east(smaller), milestones=()))

    (gone,) = found["boards of before"].differences
    assert gone.endswith("-feedback is there and should not be")
    assert "pharos-feedback" in grafana.boards
    assert [mark["tags"] for mark in grafana.annotations.values()] == [["pharos", "milestone"]]
    assert {finding.outcome for finding in (await done(compare, resources())).values()} == {Outcome.SAME}


async def test_what_somebody_added_to_the_data_source_stays(grafana: DocumentedGrafana, resources: Resources) -> None:
    await done(publish, resources())
    source = grafana.sources["pharos-prometheus"]
    source["jsonData"]["tlsAuth"] = True
    source["basicAuth"] = True
    source["url"] = "http://elsewhere:9090"

    await done(publish, resources())

    assert grafana.sources["pharos-prometheus"]["url"] == "http://prometheus:9090"
    assert grafana.sources["pharos-prometheus"]["jsonData"]["tlsAuth"] is True
    assert grafana.sources["pharos-prometheus"]["basicAuth"] is True


async def test_milestones_are_marks_without_markup_and_leave_with_the_calendar(
    grafana: DocumentedGrafana, resources: Resources
) -> None:
    await done(publish, resources())
    grafana.annotations[99] = {"id": 99, "tags": ["of-somebody"], "text": "kept", "time": 1, "timeEnd": 2}
    (mark,) = [mark for mark in grafana.annotations.values() if "milestone" in mark["tags"]]

    assert mark["text"] == "First peak &lt;b&gt;20:00&lt;/b&gt;"
    assert mark["timeEnd"] - mark["time"] == 3_600_000
    assert mark.get("dashboardUID") is None

    await done(publish, resources(milestones=()))

    assert list(grafana.annotations) == [99]


async def test_boards_that_come_from_files_are_not_fought_over(
    grafana: DocumentedGrafana, resources: Resources
) -> None:
    await done(publish, resources())
    grafana.boards["pharos-order"]["meta"]["provisioned"] = True
    grafana.boards["pharos-order"]["dashboard"]["title"] = "other"

    with pytest.raises(GrafanaError, match="publish or provision, not both"):
        await done(publish, resources())


@pytest.mark.parametrize(
    ("status", "remedy"),
    [(403, "must be Admin"), (409, "under another uid"), (412, "run it again"), (500, "answered 500; no")],
)
async def test_a_refusal_says_what_was_asked_for_and_what_to_do(
    grafana: DocumentedGrafana, resources: Resources, status: int, remedy: str
) -> None:
    grafana.fails = status

    with pytest.raises(GrafanaError, match=remedy) as refused:
        await done(publish, resources())

    assert "could not make the folder pharos" in str(refused.value)


async def test_a_wrong_token_is_told_without_the_token(resources: Resources) -> None:
    with pytest.raises(GrafanaError, match="token right") as refused:
        await done(compare, resources(credential="glsa_of_yesterday"))

    assert "glsa" not in str(refused.value)


async def test_a_page_of_a_proxy_is_told_as_its_status(grafana: DocumentedGrafana, resources: Resources) -> None:
    grafana.broken_body = True

    with pytest.raises(GrafanaError, match="answered 502"):
        await done(compare, resources())


async def test_a_grafana_that_is_down_is_told(unused_tcp_port: int) -> None:
    from dashboards.boards.folder import folders
    from dashboards.boards.installation import Installation
    from dashboards.grafana.folders import FolderResource

    url = f"http://127.0.0.1:{unused_tcp_port}"

    with connected(url, "token") as api, pytest.raises(GrafanaError, match="does not answer"):
        await asyncio.to_thread(FolderResource(api, folders(Installation())[0]).differences)


@pytest.mark.parametrize(
    "url",
    ["grafana.example.com", "ftp://grafana", "https://", "https://admin:secret@grafana.example.com", "http://g?x=1"],
)
def test_an_address_that_cannot_be_meant_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(GrafanaError) as refused, connected(url, "token"):
        pass

    assert "secret" not in str(refused.value)
