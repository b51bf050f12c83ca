"""Figures for Prometheus, off unless METRICS_TOKEN is set: requests by side of the house, and work that waits (ADR 30).

No study, page or person stands in a label: sides are the team, the panel, and what is open to everybody.
"""

import hmac
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, current_app, g, request

from delphi import __version__
from delphi.config import Settings
from delphi.web.policy import ACCOUNT, OPEN, PANELIST, policy_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ADDRESS = "/metrics"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
Waiting = Callable[[], Mapping[str, int]]


def init_app(app: Flask, settings: Settings, waiting: Waiting) -> None:
    """Count requests, and answer whoever knows the token, by whatever name they ask."""
    if settings.metrics_token is None:
        return
    from prometheus_client import CollectorRegistry, Counter, Histogram

    own = CollectorRegistry()
    counter = Counter("delphi_requests", "Requests answered.", ("side", "method", "status"), registry=own)
    seconds = Histogram("delphi_request_seconds", "Time to answer.", ("side",), buckets=SECONDS, registry=own)

    @app.before_request
    def begin() -> None:
        g.metrics_began = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        side = side_of(policy_of(current_app, request.endpoint or ""))
        method = request.method if request.method in ("GET", "HEAD", "POST") else "other"
        counter.labels(side, method, f"{response.status_code // 100}xx").inc()
        seconds.labels(side).observe(time.perf_counter() - g.get("metrics_began", time.perf_counter()))
        return response

    text = f"Bearer {settings.metrics_token}"
    app.wsgi_app = _before(app.wsgi_app, text, lambda: _page(own, waiting))  # type: ignore[method-assign,assignment]  # Flask's documented way


def side_of(policy: str | None) -> str:
    """Which side of the house a view belongs to."""
    if policy in (OPEN, None):
        return "open"
    return "panel" if policy == PANELIST else "account" if policy == ACCOUNT else "team"


def _before(app: "WSGIApplication", token: str, page: Callable[[], bytes]) -> "WSGIApplication":
    def with_metrics(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ.get("PATH_INFO") != ADDRESS or not hmac.compare_digest(
            environ.get("HTTP_AUTHORIZATION", "").encode(), token.encode()
        ):
            return app(environ, start_response)
        body = page()
        headers = [("Content-Type", "text/plain; version=0.0.4; charset=utf-8"), ("Content-Length", str(len(body)))]
        start_response("200 OK", [*headers, ("Cache-Control", "no-store")])
        return [body]

    return with_metrics


def _page(own: Any, waiting: Waiting) -> bytes:
    """Write the figures of all processes of this server, and what the database says."""
    import os

    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    registry.register(_Stored(waiting))
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    return generate_latest(own) + generate_latest(registry)


class _Stored:
    """What the database says: whether it answers, and how much waits for longer than it should."""

    def __init__(self, waiting: Waiting) -> None:
        self.waiting = waiting

    def collect(self) -> Iterator[Any]:
        """The figures of this moment."""
        from prometheus_client.core import GaugeMetricFamily
        from sqlalchemy.exc import SQLAlchemyError

        about = GaugeMetricFamily("delphi_info", "The version that serves.", labels=("version",))
        about.add_metric((__version__,), 1)
        yield about
        waits = GaugeMetricFamily("delphi_overdue", "What waits for longer than it should.", labels=("what",))
        try:
            found = self.waiting()
        except SQLAlchemyError:
            found = None
        for what, n in (found or {}).items():
            waits.add_metric((what,), n)
        yield waits
        yield GaugeMetricFamily("delphi_database_up", "Whether the database answers.", value=float(found is not None))
