"""What to say of a name that no metric has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def unknown_metric(name: str, ids: Mapping[str, str], meant: Iterable[str] = ()) -> str:
    """A sentence with the nearest right name.

    Args:
        name: what stands there.
        ids: by the name of each metric its id: names are identities, and ids are not.
        meant: those of the names that would do; left out, all.

    >>> unknown_metric("O2", {"payment_success": "O2"})
    'no metric is named "O2": that is the id of payment_success; write the name'
    >>> unknown_metric("payments_success", {"payment_success": "O2"})
    'no metric is named "payments_success"; did you mean "payment_success"?'

    """
    bearers = [metric for metric, own in ids.items() if own.lower() == name.lower()]
    if bearers:
        return f'no metric is named "{name}": that is the id of {" and ".join(bearers)}; write the name'
    return f'no metric is named "{name}"{suggestion(name, meant or ids)}'
