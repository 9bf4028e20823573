"""Runs the examples of the docstrings, of the README and of docs/ as tests."""

from sybil import Sybil
from sybil.document import PythonDocStringDocument
from sybil.parsers.doctest import DocTestParser
from sybil.parsers.markdown import PythonCodeBlockParser
from sybil.sybil import SybilCollection

pytest_collect_file = SybilCollection(
    [
        Sybil(
            parsers=[DocTestParser()],
            patterns=["detectors/*.py", "detectors/**/*.py", "streams/*.py", "streams/**/*.py", "dashboards/**/*.py"],
            document_types={".py": PythonDocStringDocument},
        ),
        Sybil(parsers=[PythonCodeBlockParser()], patterns=["README.md", "docs/*.md"]),
    ]
).pytest()
