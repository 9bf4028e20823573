"""The pages' files: complete, and free of what the content security policy or an offline shop would refuse."""

from __future__ import annotations

import re
from posixpath import join, normpath

import pytest

from dashboards.wallboard import pages

PAGES = {path: (kind, body.decode()) for path, (kind, body) in pages().items()}
SCRIPTS = [path for path in PAGES if path.endswith(".js")]
HTML = [path for path, (kind, _) in PAGES.items() if kind.startswith("text/html")]


def test_there_is_a_wallboard_a_page_for_each_anomaly_and_touchpoint_and_those_that_it_leads_to() -> None:
    assert HTML == [
        "/",
        "/anomalies/{fingerprint}",
        "/dead-letters",
        "/journey",
        "/scorecards",
        "/silences",
        "/store",
        "/touchpoints/{touchpoint}",
    ]


@pytest.mark.parametrize("path", HTML)
def test_every_file_that_a_page_names_is_served(path: str) -> None:
    folder = path[: path.rfind("/") + 1]
    named = {normpath(join(folder, name)) for name in re.findall(r'(?:src|href)="([^"]+)"', PAGES[path][1])}

    assert named <= set(PAGES)


@pytest.mark.parametrize("path", SCRIPTS)
def test_every_script_that_a_script_names_is_served_and_every_script_is_named(path: str) -> None:
    named = {f"/{name}" for name in re.findall(r'from "\./([^"]+)"', PAGES[path][1])}
    texts = [body for name, (_, body) in PAGES.items() if name != path]

    assert named <= set(PAGES)
    assert any(path.removeprefix("/") in body for body in texts)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_comes_from_another_host(path: str) -> None:
    addresses = set(re.findall(r"https?://[\w.]+", PAGES[path][1]))

    assert addresses <= {"http://www.w3.org"}


@pytest.mark.parametrize("path", SCRIPTS)
def test_data_never_becomes_markup(path: str) -> None:
    code = PAGES[path][1]
    forbidden = ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", r"\beval\(", "new Function"]

    assert [pattern for pattern in forbidden if re.search(pattern, code)] == []


@pytest.mark.parametrize("path", HTML)
def test_a_page_has_no_inline_script_style_or_handler(path: str) -> None:
    html = PAGES[path][1]

    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", html) == []


@pytest.mark.parametrize("path", HTML)
def test_all_words_stand_in_the_tables_of_the_languages(path: str) -> None:
    brand, arrow = r'<(span|h1) class="brand-name">Pharos</\2>', '<span aria-hidden="true">&larr;</span>'
    without = rf"<(title|noscript)>.*?</\1>|{brand}|{arrow}"
    markup = re.sub(without, "", PAGES[path][1])

    assert re.findall(r">\s*([A-Za-z&][^<]*)<", markup) == []
    assert re.findall(r'(?:aria-label|placeholder|title)="', markup) == []


@pytest.mark.parametrize("path", HTML)
def test_a_page_has_landmarks_one_main_heading_and_a_name_for_every_section_and_field(path: str) -> None:
    html = PAGES[path][1]
    named = re.findall(r'<section[^>]*aria-labelledby="([^"]+)"', html) + re.findall(r'<label[^>]*for="([^"]+)"', html)
    unnamed = re.findall(r"<section(?![^>]*aria-labelledby)[^>]*>", html)

    assert [html.count(f"<{tag}") for tag in ("main", 'header class="masthead')] == [1, 1]
    assert [name for name in named if f'id="{name}"' not in html] == []
    assert [section for section in unnamed if 'id="unknown"' not in section] == []
    assert {
        name
        for name in re.findall(r'<(?:input|select)[^>]* id="([^"]+)"|<select id="([^"]+)"', html)
        for name in name
        if name
    } <= set(named)
