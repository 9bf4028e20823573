"""The names in a PromQL expression, found by taking away all else."""

from __future__ import annotations

import re

_FUNCTIONS = {
    *("absent", "avg_over_time", "changes", "count", "histogram_quantile", "increase", "max", "max_over_time"),
    *("rate", "sum", "time", "topk", "vector"),
}
_WORDS = {"by", "without", "on", "unless", "and", "or", "offset"}


def metric_names(expr: str) -> set[str]:
    """What is left of an expression without texts, label lists, ranges, functions and words."""
    bare = re.sub(r'"[^"]*"', "", expr)
    bare = re.sub(r"\{[^}]*\}|\[[^]]*\]|\b(by|without|on) \([^)]*\)|\boffset \w+", " ", bare)
    return set(re.findall(r"\b[a-zA-Z_][\w:]*", bare)) - _FUNCTIONS - _WORDS


def label_names(expr: str) -> set[str]:
    bare = re.sub(r'"[^"]*"', "", expr)
    lists = re.findall(r"\b(?:by|without|on) \(([^)]*)\)", bare)
    matched = [name for selector in re.findall(r"\{([^}]*)\}", bare) for name in re.findall(r"\w+", selector)]
    return {name for text in lists for name in re.findall(r"\w+", text)} | set(matched)
