"""The page at `/`, with a policy that lets it run its own script and nothing else.

Knows the page's file. Must not know what the page does.
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

_INLINE = {
    "script-src": re.compile(r"<script>(.*?)</script>", re.DOTALL),
    "style-src": re.compile(r"<style>(.*?)</style>", re.DOTALL),
}
_POLICY = (
    "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


async def page(request: Request) -> Response:
    """The page."""
    content, policy = _read()
    return Response(content, media_type="text/html", headers={"content-security-policy": policy})


@cache
def _read() -> tuple[bytes, str]:
    """The page, and a Content-Security-Policy that names each of its scripts and styles by its hash."""
    text = files("fetch2py.server").joinpath("page.html").read_text(encoding="utf-8")
    rules = [_POLICY]
    for directive, pattern in _INLINE.items():
        hashes = (b64encode(sha256(code.encode()).digest()).decode() for code in pattern.findall(text))
        rules.append(" ".join([directive, *(f"'sha256-{each}'" for each in hashes)]))
    return text.encode(), "; ".join(rules)
