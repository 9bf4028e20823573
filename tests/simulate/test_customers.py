"""The pool of customers."""

from __future__ import annotations

import numpy as np

from streams.simulate.customers import Customers


def test_each_customer_has_a_name_of_its_own_which_is_a_number_that_says_nothing() -> None:
    names = (
        Customers(np.random.default_rng(1), 5_000).column(np.arange(5_000, dtype=np.int32)).fragments(np.arange(5_000))
    )

    texts = [name.removeprefix(',"customer":"').removesuffix('"') for name in names]
    assert len(set(texts)) == 5_000
    assert all(len(text) == 16 and int(text, 16) >= 0 for text in texts)
    assert len({text[:3] for text in texts}) > 2_000  # neighbours are not alike


def test_another_seed_gives_other_names() -> None:
    rows = np.arange(10)
    one, other = (
        Customers(np.random.default_rng(seed), 10).column(rows.astype(np.int32)).fragments(rows) for seed in (1, 2)
    )

    assert not set(one) & set(other)


def test_some_customers_come_often_and_many_come_once() -> None:
    rng = np.random.default_rng(3)
    visits = np.sort(np.bincount(Customers(rng, 10_000).draw(rng, 20_000), minlength=10_000))[::-1]

    assert visits[:1_000].sum() > 0.25 * visits.sum()
    assert (visits == 1).sum() > 2_000


def test_who_is_not_known_has_no_name() -> None:
    codes = np.array([-1, 0], dtype=np.int32)

    nobody, somebody = Customers(np.random.default_rng(4), 3).column(codes).fragments(np.arange(2))

    assert nobody == ""
    assert somebody.startswith(',"customer":"')
