"""The page at `/`: one document, with a policy that lets it run its own scripts and nothing else.

Knows the page's files. Must not know what the page does.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

__all__ = ["page"]

# What the document names, it gets inside: one response is all there is to fetch.
_STYLESHEET = re.compile(r'<link rel="stylesheet" href="([a-z]+\.css)">')
_SCRIPT = re.compile(r'<script src="([a-z]+\.js)"></script>')
_POLICY = (
    "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'; "
    "style-src {}; script-src {}"
)


async def page(request: Request) -> Response:
    """The page."""
    content, policy = _read()
    return Response(content, media_type="text/html", headers={"content-security-policy": policy})


@cache
def _read() -> tuple[bytes, str]:
    """The page, and a Content-Security-Policy that names each of its styles and scripts by its hash."""
    styles: list[str] = []
    scripts: list[str] = []
    text = _STYLESHEET.sub(lambda found: f"<style>{_inside(found[1], styles)}</style>", _file("page.html"))
    text = _SCRIPT.sub(lambda found: f"<script>{_inside(found[1], scripts)}</script>", text)
    return text.encode(), _POLICY.format(" ".join(styles), " ".join(scripts))


def _inside(name: str, hashes: list[str]) -> str:
    """A file's text; its hash, as the policy spells it (CSP 3, section 2.3.1), goes into `hashes`."""
    text = _file(name)
    hashes.append(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'")
    return text


def _file(name: str) -> str:
    return files("fetch2py.server").joinpath(name).read_text(encoding="utf-8")
