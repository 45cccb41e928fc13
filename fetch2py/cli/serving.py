"""`fetch2py serve`: profiles as a streaming back end for a front end.

Knows options and the terminal. Must not know HTTP or how a stream is sent.
"""

from __future__ import annotations

from typing import Any

import click

from fetch2py.cli import terminal
from fetch2py.cli.names import ProfileName
from fetch2py.store import Store

__all__ = ["serve_command"]

_EPILOG = """\b
Examples:
  fetch2py serve
  fetch2py serve kimi --open
  fetch2py serve kimi --allow-origin http://localhost:5173
  fetch2py serve --host 0.0.0.0 --allow-host chat.example      (makes a token)
"""
_EXTRA = "Serving takes packages that aren't installed. Run: pip install 'fetch2py[serve]'"


@click.command("serve", epilog=_EPILOG)
@click.argument("names", nargs=-1, metavar="[NAME]...", type=ProfileName())
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0: a free one.")
@click.option(
    "--token",
    envvar="FETCH2PY_TOKEN",
    show_envvar=True,
    metavar="TEXT",
    help="What requests have to bear. - makes one.",
)
@click.option("--allow-origin", "origins", multiple=True, metavar="ORIGIN", help="Pages of it may ask.")
@click.option("--allow-host", "hosts", multiple=True, metavar="NAME", help="A name that this server goes by.")
@click.option("--max-request", default=4096, show_default=True, type=click.IntRange(1), help="Its size, KiB.")
@click.option(
    "--max-message", default=200_000, show_default=True, type=click.IntRange(1), help="Its characters."
)
@click.option("--max-streams", default=100, show_default=True, type=click.IntRange(1), help="Open at once.")
@click.option(
    "--max-rate", default=120, show_default=True, type=click.IntRange(0), help="Requests a minute; 0: any."
)
@click.option(
    "--grace", default=5, show_default=True, type=click.IntRange(0), help="Seconds that streams may go on."
)
@click.option("--open", "opens", is_flag=True, help="Open the page in the browser.")
def serve_command(names: tuple[str, ...], **options: Any) -> None:
    """Serve the profiles NAME…, or all, to your own page, to curl, or to any OpenAI client.

    POST /chat/NAME streams an answer as server-sent events; /v1 is OpenAI's API; / is a page to try it. Ends
    with Ctrl-C or SIGTERM: open streams may go on for a while then, and end with an event.
    """
    try:
        from fetch2py.server import Limits, create_app
        from fetch2py.server.running import listen, run
    except ImportError as exc:
        raise click.UsageError(_EXTRA) from exc
    from fetch2py.profiles import Kept

    _require_profiles(names)
    access = _access(options)
    app = create_app(
        Kept(names),
        access,
        Limits(
            request_bytes=options["max_request"] * 1024,
            message_characters=options["max_message"],
            streams=options["max_streams"],
            per_minute=options["max_rate"],
        ),
    )
    with listen(options["host"], options["port"]) as listener:
        address = _address(options["host"], listener.getsockname()[1])
        _announce(address, list(Kept(names)), access, options["token"])
        if options["opens"]:
            click.launch(address + "/" + (f"#token={access.token}" if access.token else ""))
        run(app, listener, options["grace"])


def _require_profiles(names: tuple[str, ...]) -> None:
    """Raises what keeps a named profile from being served."""
    from fetch2py.profiles import load

    for name in names:
        load(name)
    if not Store.default().names():
        terminal.note("No profiles yet: copy a request as fetch, then `fetch2py import -n NAME`.")


def _access(options: dict[str, Any]) -> Any:
    """Who may ask. What listens to more than this machine has a token, made here if none is given."""
    import secrets

    from fetch2py.server import Access
    from fetch2py.server.access import is_loopback

    token = options["token"] or ""
    listens_to_others = not is_loopback(options["host"])
    if token == "-" or (  # noqa: S105  # what stands for one
        not token and (listens_to_others or options["hosts"] or "*" in options["origins"])
    ):
        token = secrets.token_urlsafe(24)
    hosts = tuple(options["hosts"]) + ((options["host"],) if listens_to_others else ())
    try:
        return Access(hosts, tuple(options["origins"]), token)
    except ValueError as exc:
        raise click.UsageError(str(exc)) from exc


def _address(host: str, port: int) -> str:
    """The address to try it at: a host that means every address isn't one."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104  # looked up
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _announce(address: str, names: list[str], access: Any, given: str | None) -> None:
    """Says what is served where, and how to try it. A token that was made is printed here, once."""
    name, token = names[0] if names else "NAME", access.token
    terminal.say(f"Serving {', '.join(names) or 'every profile that comes'} at {address}", bold=True)
    if token and token != given:
        terminal.say(f"Token: {token}")
    bearer = " -H 'Authorization: Bearer TOKEN'" if token else ""
    terminal.say(f"  a page     {address}/" + ("#token=TOKEN" if token else ""))
    terminal.say(f"  curl       curl -N{bearer} {address}/chat/{name} -d 'message=你好'")
    terminal.say(f"  OpenAI     base_url={address}/v1  model={name}  api_key={'TOKEN' if token else 'any'}")
    if access.hosts:
        terminal.say(f"  names      {', '.join(access.hosts)}")
    terminal.say("Ctrl-C ends it.")
