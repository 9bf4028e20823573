"""All that is wanted in a Grafana, compared and published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.boards.all_boards import all_boards
from dashboards.boards.folder import folder_uids, folders
from dashboards.grafana.boards import BoardResource, Leftovers
from dashboards.grafana.folders import FolderResource, Permissions
from dashboards.grafana.milestones import Milestone, Milestones
from dashboards.grafana.prometheus import PrometheusSource
from dashboards.grafana.resource import Finding, Outcome, Resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from grafana_client import GrafanaApi

    from dashboards.boards.plan import Plan


def wanted(api: GrafanaApi, plan: Plan, prometheus_url: str, milestones: Sequence[Milestone]) -> Iterator[Resource]:
    """In the order in which one needs the other."""
    installation = plan.installation
    for folder in folders(installation):
        yield FolderResource(api, folder)
        yield Permissions(api, folder)
    yield PrometheusSource(api, installation, prometheus_url)
    uids, folder_of = [], folder_uids(installation)
    for board in all_boards(plan):
        content = board.json(plan)
        uids.append(content["uid"])
        yield BoardResource(api, folder_of[board.folder], content)
    yield Leftovers(api, installation, uids)
    yield Milestones(api, installation, milestones)


def compare(resources: Iterable[Resource]) -> Iterator[Finding]:
    """Says of each what is not as it is wanted. Changes nothing."""
    for resource in resources:
        differences = resource.differences()
        yield Finding(resource.name, Outcome.DIFFERENT if differences else Outcome.SAME, differences)


def publish(resources: Iterable[Resource]) -> Iterator[Finding]:
    """Writes what differs, so that a board's history in Grafana grows with real changes only."""
    for resource in resources:
        differences = resource.differences()
        if differences:
            resource.put()
        yield Finding(resource.name, Outcome.WRITTEN if differences else Outcome.SAME, differences)
