"""`pharos score`: files in, files out."""

from __future__ import annotations

import csv
import gzip
from typing import TYPE_CHECKING

import numpy as np
import pytest

from streams.offline.score import ScoredFile, ScoreError, score_directory

if TYPE_CHECKING:
    from pathlib import Path


def series(count: int = 300) -> str:
    return "timestamp,value,label\n" + "".join(f"{1_491_041_280 + 60 * i},{i % 7},0\n" for i in range(count))


def test_every_series_gets_its_scores_under_its_own_name(tmp_path: Path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    (source / "group").mkdir(parents=True)
    with gzip.open(source / "group" / "one.csv.gz", "wt") as file:
        file.write(series())
    (source / "two.csv").write_text("timestamp,value\n2014-04-01 00:00:00,1.5\n2014-04-01 00:05:00,\n")
    (source / "index.csv").write_text("name,rows\none,300\n")

    done = score_directory(source, target)

    assert done == [ScoredFile("group/one.csv", 300, 0), ScoredFile("two.csv", 2, 1)]
    rows = list(csv.DictReader((target / "group" / "one.csv").read_text().splitlines()))
    assert [row["timestamp"] for row in rows[:2]] == ["1491041280", "1491041340"]
    assert all(0 <= float(row["anomaly_score"]) <= 1 for row in rows)
    assert (target / "two.csv").read_text().splitlines()[2] == "2014-04-01 00:05:00,0"
    assert not (target / "index.csv").exists()


def test_a_row_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "bad.csv").write_text("timestamp,value\n0,1\n60,much\n")

    with pytest.raises(ScoreError, match=r"bad\.csv, line 3"):
        score_directory(tmp_path / "in", tmp_path / "out")


def test_scores_are_not_written_among_the_series(tmp_path: Path) -> None:
    with pytest.raises(ScoreError, match="lies within"):
        score_directory(tmp_path, tmp_path / "out")


def test_a_folder_without_series_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()

    with pytest.raises(ScoreError, match="no file with the columns"):
        score_directory(tmp_path / "in", tmp_path / "out")
    with pytest.raises(ScoreError, match="not a directory"):
        score_directory(tmp_path / "nowhere", tmp_path / "out")


def test_files_side_by_side_have_the_scores_they_have_alone(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    for name, count in (("one", 400), ("two", 150)):
        rows = [f"{1_491_041_280 + 60 * i},{value:.4f}" for i, value in enumerate(rng.standard_t(2, count))]
        for folder in ("both", name):
            (tmp_path / folder).mkdir(exist_ok=True)
            (tmp_path / folder / f"{name}.csv").write_text("timestamp,value\n" + "\n".join(rows) + "\n")

    for folder in ("both", "one", "two"):
        score_directory(tmp_path / folder, tmp_path / "out" / folder)

    for name in ("one", "two"):
        alone = (tmp_path / "out" / name / f"{name}.csv").read_text()
        assert (tmp_path / "out" / "both" / f"{name}.csv").read_text() == alone
        assert any(not line.endswith(",0") for line in alone.splitlines()[1:])


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "one.csv").write_text(series())
    with gzip.open(tmp_path / "in" / "one.csv.gz", "wt") as file:
        file.write(series())

    with pytest.raises(ScoreError, match="into one file"):
        score_directory(tmp_path / "in", tmp_path / "out")
