"""The webhooks of the rules, from their settings. Secrets come from the environment or a file, and appear nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams.delivery.http_post import HttpPost
from streams.delivery.robot_address import make_of
from streams.linkage.courier import Webhook
from streams.settings.addresses import is_web_address
from streams.settings.secrets import ConfigurationError, read_secret
from streams.settings.settings import SingleEventRule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import aiohttp

    from streams.settings.settings import LinkageRule, LinkageWebhook


class Way(NamedTuple):
    """An address, which is a credential, and the secret that signs."""

    url: str
    secret: str


def webhooks_of(
    rules: Iterable[LinkageRule | SingleEventRule],
    environment: Mapping[str, str],
    session: aiohttp.ClientSession,
    clock: Callable[[], float],
) -> dict[str, Webhook]:
    """By rule. `clock`: seconds since the epoch, the wall's. Raises ConfigurationError, with place and remedy."""
    found = {}
    for rule in rules:
        if rule.webhook is not None:
            way = way_of(rule, rule.webhook, environment)
            post = HttpPost(session, rule.webhook.timeout_s, clock)
            found[rule.name] = Webhook(way.url, way.secret.encode(), post)
    return found


def way_of(rule: LinkageRule | SingleEventRule, asked: LinkageWebhook, environment: Mapping[str, str]) -> Way:
    """Address and secret of a rule's webhook. Raises ConfigurationError, which names neither."""
    place = f"{'on' if isinstance(rule, SingleEventRule) else 'linkage'} rule {rule.name}"
    url = read_secret(f"{place}: url", asked.url_env, asked.url_file, environment)
    secret = read_secret(f"{place}: secret", asked.secret_env, asked.secret_file, environment)
    if not is_web_address(url):
        raise ConfigurationError(f"{place}: url: no http or https URL is kept there; check it")
    if make := make_of(url):
        what = f"an address of {make} is kept there, which takes no requests; name the system that acts"
        raise ConfigurationError(f"{place}: url: {what}")
    return Way(url, secret)
