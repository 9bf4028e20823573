"""A board with many more signals than the catalogue ships, and with the oddest of lines."""

from __future__ import annotations

from typing import Any


async def alter_board(page: Any, change: Any) -> None:
    """Lets `change` take the server's board apart before the page sees it."""

    async def altered(route: Any) -> None:
        response = await route.fetch()
        if response.status != 200:
            await route.fulfill(response=response)
            return
        body = await response.json()
        change(body)
        await route.fulfill(response=response, json=body)

    await page.route("**/api/v1/board", altered)


def grow(body: dict[str, Any], count: int) -> None:
    """Signals until there are `count`: each touchpoint gets more of its own, none of which leads."""
    usual = [metric for metric in body["metrics"] if not metric["of_faults"]]
    for number in range(count - len(body["metrics"])):
        one = usual[number % len(usual)]
        more = {"name": f"{one['name']}_{number}", "title": f"{one['title']} {number}", "leading": False}
        body["metrics"].append(one | more)
        body["titles"][more["name"]] = [more["title"], one["title_zh"]]
