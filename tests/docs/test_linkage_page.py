"""What docs/linkage.md and docs/security.md tell to write is taken."""

from __future__ import annotations

import re
from pathlib import Path

from streams.configuration.load import configure
from streams.settings.settings import LinkageRule
from streams.web.security import Role
from streams.web.token_file import read_tokens

DOCS = Path(__file__).parents[2] / "docs"


def test_the_settings_of_the_page_are_taken(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", (DOCS / "linkage.md").read_text(encoding="utf-8"), re.DOTALL)
    file = tmp_path / "pharos.yaml"
    file.write_text(text)
    first, second = configure(file).linkage

    assert (first.name, first.approval, first.match.changes) == ("pause-campaign", "operator", ("opened", "escalated"))
    assert second == LinkageRule("tell-customers", "customers.tell", second.match)


def test_the_file_of_tokens_is_taken(tmp_path: Path) -> None:
    text = re.search(r"```text\n(viewer.*?)```", (DOCS / "security.md").read_text(encoding="utf-8"), re.DOTALL)
    assert text is not None
    file = tmp_path / "tokens"
    file.write_text(text[1])
    tokens = read_tokens(file)

    assert [token.role for token in tokens] == [
        Role.VIEWER,
        Role.RESPONDER,
        Role.OPERATOR,
        Role.ADMIN,
        Role.VIEWER,
        Role.RESPONDER,
    ]
    assert tokens[4].name == "Flagship"
    assert tokens[4].data_scope.sees({"store": "flagship"})
    assert tokens[5].data_scope.sees({"store": "b", "region": "zhejiang"})
    assert not tokens[5].data_scope.sees({"store": "b"})
