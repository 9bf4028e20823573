"""The page's files: complete, and free of what the content security policy or an offline shop would refuse."""

from __future__ import annotations

import re

import pytest

from dashboards.wallboard import pages

PAGES = {path: (kind, body.decode()) for path, (kind, body) in pages().items()}
SCRIPTS = [path for path in PAGES if path.endswith(".js")]


def test_every_file_that_the_page_names_is_served() -> None:
    html = PAGES["/"][1]
    named = set(re.findall(r'(?:src|href)="([^"]+)"', html))
    for script in SCRIPTS:
        named |= {name.removeprefix("./") for name in re.findall(r'from "([^"]+)"', PAGES[script][1])}

    assert {f"/{name}" for name in named} <= set(PAGES)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_comes_from_another_host(path: str) -> None:
    addresses = set(re.findall(r"https?://[\w.]+", PAGES[path][1]))

    assert addresses <= {"http://www.w3.org"}


@pytest.mark.parametrize("path", SCRIPTS)
def test_data_never_becomes_markup(path: str) -> None:
    code = PAGES[path][1]
    forbidden = [
        r"innerHTML\s*[+]?=[^=]",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        r"\beval\(",
        "new Function",
    ]

    assert [pattern for pattern in forbidden if re.search(pattern, code)] == []


def test_the_page_has_no_inline_script_style_or_handler() -> None:
    html = PAGES["/"][1]

    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", html) == []


def test_all_words_stand_in_one_table() -> None:
    markup = re.sub(r"<(title|noscript)>.*?</\1>|<span class=\"brand-name\">Pharos</span>", "", PAGES["/"][1])

    assert re.findall(r">\s*([A-Za-z][^<]*)<", markup) == []
