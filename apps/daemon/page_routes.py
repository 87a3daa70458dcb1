"""`/`: the web page, which shows in a browser what the API has.

- Its files (`page/`) are the same for everybody and say nothing of this machine, so they are given without a token
  (`PATHS`, gate.py); all that the page shows it asks for with the token that its reader gave it.
- What models, tools and users wrote is put in as text only, and by its policy the page runs no script, loads nothing
  and sends nothing but from and to here.
"""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import Response

from llmasos.apps.daemon.refusals import Refused

FOLDER = Path(__file__).with_name("page")
KINDS = {".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".svg": "image/svg+xml"}
FIRST = "index.html"
FILES = {file.name: file.read_bytes() for file in FOLDER.iterdir() if file.suffix in KINDS}
PATHS = frozenset({"/", *(f"/page/{name}" for name in FILES)})  # of which index.html has two
HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

routes = APIRouter(include_in_schema=False)


@routes.api_route("/", methods=["GET", "HEAD"], response_model=None)
async def page() -> Response:
    """The web page."""
    return _given(FIRST)


@routes.api_route("/page/{name}", methods=["GET", "HEAD"], response_model=None)
async def part(name: str) -> Response:
    """One of its files. Raises Refused."""
    return _given(name)


def _given(name: str) -> Response:
    if name not in FILES:
        raise Refused(404, "the page has no such file", code="not_found")
    return Response(FILES[name], media_type=KINDS[Path(name).suffix], headers=HEADERS)
