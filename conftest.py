"""Runs the examples of the docstrings, of the README and of docs/ as tests."""

from pathlib import Path

from sybil import Sybil
from sybil.document import PythonDocStringDocument
from sybil.parsers.doctest import DocTestParser
from sybil.parsers.markdown import PythonCodeBlockParser
from sybil.sybil import SybilCollection


class DocStrings(Sybil):
    """Leaves out the files without an example: to find the docstrings in all of them takes seconds."""

    def should_parse(self, path: Path) -> bool:
        """Whether there is a prompt in it."""
        return super().should_parse(path) and b">>> " in path.read_bytes()


pytest_collect_file = SybilCollection(
    [
        DocStrings(
            parsers=[DocTestParser()],
            patterns=["detectors/*.py", "detectors/**/*.py", "streams/*.py", "streams/**/*.py", "dashboards/**/*.py"],
            document_types={".py": PythonDocStringDocument},
        ),
        Sybil(parsers=[PythonCodeBlockParser()], patterns=["README.md", "docs/*.md"]),
    ]
).pytest()
