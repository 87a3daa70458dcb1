"""HTTP as a download needs it: redirects followed one by one and looked at, errors in one line.

- `with get(Wanted(url)) as answer:` streams; `answer.linked` is what the first host said of the file it redirects to.
- Only http and https, and never from https to http. Authorization stays with the host it is for (httpx).
- Proxies and certificates are the system's (HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx2 as httpx

from llmasos.errors import DriverError, ModelNotFound, UsageError

MAX_REDIRECTS = 10
TIMEOUT = httpx.Timeout(15.0, read=60.0)
_ERRNO = re.compile(r"^\[Errno -?\d+\] ")
MAX_WORDS = 300  # of what a server says in an error
FINE = (200, 206, 416)
MISSING = (404, 410)
REFUSED = (401, 403)


class BrokeOff(DriverError):
    """The connection was not to be had, or ended before all had come."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """`headers` are for the URL's own host; `if_refused` is said when it answers 401 or 403."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    if_refused: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    response: httpx.Response
    linked: Mapping[str, str]  # headers of the first host's own answers

    @property
    def host(self) -> str:
        return self.response.request.url.host


@contextmanager
def get(wanted: Wanted, **more: str) -> Iterator[Answer]:
    """The answer that is no redirect: 200, 206 or 416. `more` are headers, with _ for -.

    Raises UsageError, ModelNotFound, BrokeOff also while its body is read, DriverError.
    """
    headers = {"Accept-Encoding": "identity", **wanted.headers}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    with _errors(wanted.url), httpx.Client(timeout=TIMEOUT, follow_redirects=False) as client:
        request = client.build_request("GET", wanted.url, headers=headers)
        answer = _followed(client, request)
        try:
            _check(answer, wanted)
            yield answer
        finally:
            answer.response.close()


def without_secrets(url: str) -> str:
    """A URL to show and to keep: no password, no signature."""
    return str(httpx.URL(url).copy_with(userinfo=b"", query=None, fragment=None))


def _followed(client: httpx.Client, request: httpx.Request) -> Answer:
    first, linked = request.url, dict[str, str]()
    for _ in range(MAX_REDIRECTS + 1):
        response = client.send(request, stream=True)
        if _origin(request.url) == _origin(first):
            linked |= {key.lower(): value for key, value in response.headers.items()}
        following = response.next_request
        if following is None:
            return Answer(response, linked)
        response.close()
        way = request.url.scheme, following.url.scheme
        if way not in (("http", "http"), ("http", "https"), ("https", "https")):
            raise DriverError(f"{request.url.host} redirects from {way[0]} to {way[1]}: not followed")
        request = following
    raise DriverError(f"{first.host} redirects more than {MAX_REDIRECTS} times")


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _check(answer: Answer, wanted: Wanted) -> None:
    status = answer.response.status_code
    if status in FINE:
        return
    if 300 <= status < 400:
        raise DriverError(f"{answer.host} redirects to no address")
    said = _printable(answer.linked.get("x-error-message", "")) or answer.response.reason_phrase
    if status in MISSING or answer.linked.get("x-error-code") == "RepoNotFound":
        private = wanted.if_refused if status in REFUSED else ""
        raise ModelNotFound(f"{answer.host} has no such file or repository ({status} {said}){private}")
    if status in REFUSED:
        raise DriverError(f"{answer.host} refuses it ({status} {said}){wanted.if_refused}")
    raise DriverError(f"{answer.host} answers {status} {said}")


@contextmanager
def _errors(url: str) -> Iterator[None]:
    try:
        yield
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise UsageError(f"not a URL to fetch: {_printable(str(error))}") from None
    except httpx.TransportError as error:
        raise BrokeOff(f"{_host(error, url)}: {_reason(error)}") from None


def _reason(error: httpx.TransportError) -> str:
    """In words, without the number that the system has for it."""
    return _ERRNO.sub("", _printable(str(error))) or type(error).__name__


def _host(error: httpx.TransportError, url: str) -> str:
    """Whom it was about: a redirect may have led to another."""
    try:
        return error.request.url.host
    except RuntimeError:  # it was about none
        return httpx.URL(url).host


def _printable(text: str) -> str:
    """What a stranger wrote, fit for a terminal."""
    return "".join(c if c.isprintable() else " " for c in text)[:MAX_WORDS].strip()
