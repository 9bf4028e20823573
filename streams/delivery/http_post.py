"""One POST, and what became of it. Addresses are credentials: no reason contains one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp

from streams.delivery.answer import Answer, retry_after_s
from streams.delivery.result import CREDENTIALS_REST_S, Cause, Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


_MOST_BYTES = 65_536  # no channel answers more; what is beyond is not read
_JSON = {"Content-Type": "application/json"}


class HttpPost:
    """Sends to one address after another. Redirects are not followed: they would carry the message to somebody else.

    Args:
        session: shared; closed by whoever made it.
        timeout_s: for the whole attempt.
        clock: seconds since the epoch, the wall's.

    """

    def __init__(self, session: aiohttp.ClientSession, timeout_s: float, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._session = session
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)

    async def send(
        self, url: str, body: bytes, headers: Mapping[str, str] | None = None, *, read: bool = True
    ) -> Answer | Result:
        """The answer, whatever it says, or why there is none.

        `headers`: beside the content type JSON. `read`: whether the body matters.
        """
        sent = _JSON if headers is None else {**_JSON, **headers}
        try:
            async with self._session.post(
                url, data=body, headers=sent, timeout=self._timeout, allow_redirects=False
            ) as response:
                content = await _read(response) if read else b""
                retry_after = retry_after_s(response.headers.get("Retry-After"), self.clock())
                status = response.status
                response.close()  # the rest is nobody's business, and may never end
        except aiohttp.ClientSSLError as error:  # first: that of a certificate is a ValueError too
            return Result(Outcome.RETRY, f"tls: {type(error).__name__}", cause=Cause.TLS)
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError, ValueError):
            return Result(Outcome.REJECTED, "invalid address", CREDENTIALS_REST_S, Cause.CREDENTIALS)
        except asyncio.TimeoutError:  # noqa: UP041 - aiohttp's own timeouts derive from it, and so say the docs
            return Result(Outcome.RETRY, "timeout", cause=Cause.TIMEOUT)
        except (aiohttp.ClientError, OSError) as error:
            return Result(Outcome.RETRY, f"connection: {type(error).__name__}", cause=Cause.CONNECTION)
        return Answer(status, content, retry_after)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    content = b""
    while len(content) < _MOST_BYTES:
        part = await response.content.read(_MOST_BYTES - len(content))
        if not part:
            break
        content += part
    return content
