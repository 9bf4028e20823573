"""Where a worker has the key of customers from: a variable, a file, or on the embedded broker one of its own."""

from __future__ import annotations

import os
import secrets
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Final

from streams.events.customer import SHORTEST_KEY, CustomerKey
from streams.settings.secrets import ConfigurationError, read_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.catalogue.load import Catalogue
    from streams.catalogue.metric import Metric
    from streams.settings.settings import Settings

FILE: Final = "customer.key"
_FIELD: Final = "customer"
_PURPOSE: Final = b"pharos-secret"


def given_key(settings: Settings, environment: Mapping[str, str]) -> CustomerKey:
    """The key that the settings name; none where they name none. Raises ConfigurationError."""
    name = "customer_key_env" if settings.customer_key_env else "customer_key_file"
    secret = read_secret(name, settings.customer_key_env, settings.customer_key_file, environment)
    return _of(secret, name) if secret else CustomerKey()


def own_key(state_dir: str) -> CustomerKey:
    """The key in the folder of the state, which is made at the first start. Raises OSError, ConfigurationError."""
    file = Path(state_dir) / FILE
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _of(file.read_text(encoding="ascii").strip(), str(file))
    secret = secrets.token_hex(32)
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.write(secret + "\n")
    return _of(secret, str(file))


def lacks_without_key(catalogue: Catalogue, key: CustomerKey) -> str:
    """What a worker without a key cannot do, and the remedy, for its log; "" where nothing is lacking."""
    if key.fingerprint or not catalogue.has_cases:
        return ""
    asking = [metric.name for metric in catalogue.metrics if _asks_for_customers(metric)]
    empty = f"; {', '.join(asking)} stay empty, as no customer is known" if asking else ""
    return (
        "there is no key to hash cases with: who may read pharos-cases can find out by trying which order is which"
        f"{empty}; set customer_key_file to a file with a secret of your own, the same for all workers"
    )


def _asks_for_customers(metric: Metric) -> bool:
    terms = (term for terms in metric.written().values() for term in terms)
    return any(term.by == _FIELD or _FIELD in term.where for term in terms)


def _of(secret: str, where: str) -> CustomerKey:
    if len(secret) < SHORTEST_KEY:
        raise ConfigurationError(f"{where}: a key of customers has at least {SHORTEST_KEY} characters; make another")
    return CustomerKey(blake2b(secret.encode(), digest_size=32, person=_PURPOSE).digest())
