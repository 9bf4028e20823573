"""Robots, PagerDuty and webhooks on loopback that behave as their documents say: signatures, limits, codes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DINGTALK_SECRET = "SEC0d5b2f6e8a"
FEISHU_SECRET = "f31shu5ecret"
SYSTEM_SECRET = "5ystem5"
ON_CALL_TOKEN = "0n-call-t0ken-of-the-webhook"
ROUTING_KEY = "r0ut1ng" + "0" * 25
PATHS = {
    "dingtalk": "/robot/send?access_token=d1ng",
    "feishu": "/open-apis/bot/v2/hook/fe15hu",
    "wecom": "/cgi-bin/webhook/send?key=wec0m",
    "pagerduty": "/v2/enqueue",
    "systems": "/systems",
    "on-call": "/alertmanager",
    "heartbeat": "/heartbeat",
}
_OF_PATH = {urlsplit(path).path: channel for channel, path in PATHS.items()}
_A_MINUTE = 20  # messages of a robot, by DingTalk's and WeCom's documents


class Answer(NamedTuple):
    """HTTP status and JSON."""

    status: int
    body: dict[str, Any]


class Post(NamedTuple):
    """What a channel got, when by its own clock (s), and what it answered."""

    channel: str
    at: float
    headers: Mapping[str, str]
    query: Mapping[str, str]
    raw: bytes
    answer: Answer

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


class Channels:
    """All of them on one port, in threads; use it in a `with` statement."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.changed = threading.Condition()
        self._incidents: set[str] = set()
        self._judges: dict[str, Callable[[Post], Answer]] = {
            "dingtalk": self._dingtalk,
            "feishu": self._feishu,
            "wecom": self._wecom,
            "pagerduty": self._pagerduty,
            "systems": self._systems,
            "on-call": _bearer,
            "heartbeat": _bearer,
        }
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    def url(self, channel: str) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}{PATHS[channel]}"

    def of(self, *channels: str) -> list[Post]:
        """What they took, in order."""
        with self.changed:
            return [post for post in self.posts if post.channel in channels and post.answer.status < 300]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def take(self, path: str, headers: Mapping[str, str], raw: bytes) -> Answer:
        """One request: judged, and kept."""
        at = time.time()
        parts = urlsplit(path)
        channel = _OF_PATH.get(parts.path)
        if channel is None:
            return Answer(404, {"error": "nobody here"})
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        asked = Post(channel, at, headers, query, raw, Answer(0, {}))
        with self.changed:
            answer = self._judges[channel](asked)
            self.posts.append(asked._replace(answer=answer))
            self.changed.notify_all()
        return answer

    def _dingtalk(self, post: Post) -> Answer:
        stamp = post.query.get("timestamp", "0")
        right = _signature(DINGTALK_SECRET, f"{stamp}\n{DINGTALK_SECRET}")
        if abs(int(stamp) / 1000 - post.at) > 3_600 or post.query.get("sign") != right:
            return Answer(200, {"errcode": 310000, "errmsg": "sign not match"})
        if len(post.raw) > 20_000:
            return Answer(200, {"errcode": 460101, "errmsg": "message too long"})
        if self._too_many(post):
            return Answer(200, {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"})
        return Answer(200, {"errcode": 0, "errmsg": "ok"})

    def _feishu(self, post: Post) -> Answer:
        stamp = post.body.get("timestamp", "0")
        right = _signature(f"{stamp}\n{FEISHU_SECRET}", "")
        if abs(int(stamp) - post.at) > 3_600 or post.body.get("sign") != right:
            return Answer(200, {"code": 19021, "msg": "sign match fail or timestamp is not within one hour"})
        if len(post.raw) > 20 * 1024:
            return Answer(400, {"code": 9499, "msg": "Bad Request"})
        return Answer(200, {"code": 0, "msg": "success", "data": {}})

    def _wecom(self, post: Post) -> Answer:
        if post.query.get("key") != "wec0m":
            return Answer(200, {"errcode": 93000, "errmsg": "invalid webhook url"})
        if len(post.body["markdown"]["content"].encode()) > 4_096:
            return Answer(200, {"errcode": 40058, "errmsg": "markdown.content exceed max length 4096"})
        if self._too_many(post):
            return Answer(200, {"errcode": 45009, "errmsg": "api freq out of limit"})
        return Answer(200, {"errcode": 0, "errmsg": "ok"})

    def _pagerduty(self, post: Post) -> Answer:
        event = post.body
        if event.get("routing_key") != ROUTING_KEY:
            return Answer(400, {"status": "invalid event", "errors": ["invalid routing key"]})
        if event.get("event_action") == "trigger":
            payload = event["payload"]
            if not (payload["summary"] and payload["source"] and payload["severity"]):
                return Answer(400, {"status": "invalid event", "errors": ["payload is incomplete"]})
            self._incidents.add(event["dedup_key"])
        return Answer(202, {"status": "success", "message": "Event processed", "dedup_key": event["dedup_key"]})

    def _systems(self, post: Post) -> Answer:
        signed = f"{post.headers.get('Pharos-Timestamp', '')}.".encode() + post.raw
        right = "v1=" + hmac.new(SYSTEM_SECRET.encode(), signed, hashlib.sha256).hexdigest()
        return Answer(204 if post.headers.get("Pharos-Signature") == right else 401, {})

    def _too_many(self, post: Post) -> bool:
        """By a sliding minute; what was turned away does not count."""
        taken = [
            known
            for known in self.posts
            if known.channel == post.channel and known.at > post.at - 60.0 and known.answer.body.get("errcode") == 0
        ]
        return len(taken) >= _A_MINUTE

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        channels = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                answer = channels.take(self.path, self.headers, raw)
                body = b"" if answer.status == 204 else json.dumps(answer.body).encode()
                self.send_response(answer.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nothing: the transcript tells."""

        return Handler


def _bearer(post: Post) -> Answer:
    return Answer(200 if post.headers.get("Authorization") == f"Bearer {ON_CALL_TOKEN}" else 401, {})


def _signature(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()
