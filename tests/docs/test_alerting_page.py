"""The settings on the page about alerting are right, and do what the page says."""

from __future__ import annotations

import re
from pathlib import Path

from streams.configuration.load import configure

PAGE = Path(__file__).parents[2] / "docs" / "alerting.md"


def test_the_example_is_taken_as_it_stands(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    file = tmp_path / "pharos.yaml"
    file.write_text(example)
    settings = configure(file)

    assert [route.receivers for route in settings.routes] == [("logistics",), ("duty",), ("office",), ()]
    assert settings.routes[0].proceed
    assert len(settings.maintenance) == 2
    assert len(settings.escalations[0].steps) == 2
