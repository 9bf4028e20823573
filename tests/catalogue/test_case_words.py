"""What the page of the metrics says of terms whose events belong to cases."""

from __future__ import annotations

from collections import defaultdict

import pytest

from streams.catalogue.case_words import of_case
from streams.catalogue.load import load
from streams.catalogue.page import page
from streams.catalogue.term import After, Condition, Events, Term

EITHER = "`consultation.opened` where stage is presale or `page.viewed`, `page.back`"
ASKED = After(("consultation.opened",), 86_400)


@pytest.mark.parametrize(
    ("term", "words"),
    [
        (Term(("order.paid",)), []),
        (
            Term(("order.paid",), by="order_id", after=ASKED),
            ["after `consultation.opened` of the same order_id in the 1 d before"],
        ),
        (
            Term(("order.paid",), by="order_id", also="intent", after=After(("order.paid",), 60, missing=True)),
            ["unless there was `order.paid` of the same order_id and intent in the 1 min before"],
        ),
        (
            Term(
                ("order.paid",),
                by="customer",
                after=After(
                    ("consultation.opened",),
                    600,
                    where={"stage": Condition(equals="presale")},
                    others=(Events(("page.viewed", "page.back")),),
                    take="first",
                    once=True,
                    scope=("queue", "store"),
                ),
                since="after",
                scope_of="after",
            ),
            [
                f"after the first {EITHER} of the same customer in the 10 min before, each of which counts once",
                "the time since then",
                "counted in the scope of that",
                "with its queue, store",
            ],
        ),
        (Term(("order.paid",), by="customer", first_in_s=86_400), ["the first of the same customer in 1 d"]),
        (
            Term(("dispute.opened",), by="order_id", nth=1, reach_s=3_600, others=(Events(("review.posted",)),)),
            ["or `review.posted`", "if it is number 1 of the same order_id within 1 h"],
        ),
    ],
)
def test_a_term_says_what_it_asks_of_its_case(term: Term, words: list[str]) -> None:
    assert list(of_case(term)) == words


def test_the_page_says_of_every_shipped_metric_of_cases_whose_case_it_is() -> None:
    sections: dict[str, str] = defaultdict(str)
    for part in page(load()).split("\n## ")[1:]:
        sections[part.partition("\n")[0].lower()] += part

    for metric in load().metrics:
        cases = {term.by for terms in metric.written().values() for term in terms} - {""}
        section = sections[metric.runbook.replace("-", " ")]
        assert all(f"the same {case}" in section for case in cases), metric.name
