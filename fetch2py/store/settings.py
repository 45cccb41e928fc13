"""The person's settings, HOME/settings.toml: what holds for every profile.

Knows which settings there are, what each can be, and their file. Must not know what comes of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from fetch2py.errors import ProfileInvalid

__all__ = ["Settings", "settings_in", "settings_of", "spelled_settings"]

# RFC 9110, section 5.5: what a field's value can be made of.
_FIELD_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for every profile that doesn't say otherwise.

    `user_agent`: the User-Agent of requests whose snippet has none; "" for an honest fetch2py/VERSION.
    `history`: whether replays are kept in the history.
    """

    user_agent: str = ""
    history: bool = True


_NAMES = tuple(field.name for field in fields(Settings))


def settings_in(content: bytes, where: str) -> Settings:
    """The settings of a file's content. Raises ProfileInvalid, naming `where` and what is wrong."""
    import tomllib

    try:
        return settings_of(tomllib.loads(content.decode()))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise ProfileInvalid(f"{where} isn't valid TOML: {exc}.", hint=f"Mend {where}.") from exc
    except ProfileInvalid as error:
        raise ProfileInvalid(f"{where}: {error.message}", hint=error.hint) from error


def settings_of(table: Mapping[str, Any]) -> Settings:
    """The settings of a table of names and values, typed or as a person writes them ("on", "off").

    "" is as if the setting weren't there. Raises ProfileInvalid for what can't be one.
    """
    read: dict[str, Any] = {}
    for name, value in table.items():
        if name not in _NAMES:
            raise ProfileInvalid(
                f"There is no setting named {name}.", hint=f"Settings there are: {', '.join(_NAMES)}."
            )
        if value != "":
            read[name] = _READERS[name](name, value)
    return Settings(**read)


def spelled_settings(settings: Settings) -> bytes:
    """The file's content: what differs from the default. JSON's strings and booleans are TOML's."""
    usual = asdict(Settings())
    given = ((name, value) for name, value in asdict(settings).items() if value != usual[name])
    return "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in given).encode()


def _field_value(name: str, value: Any) -> str:
    if not isinstance(value, str) or not _FIELD_VALUE.fullmatch(value):
        raise ProfileInvalid(
            f"The setting {name} isn't a text that a header field can hold.",
            hint="Write one line in Latin letters, as browsers send it.",
        )
    return value


def _switch(name: str, value: Any) -> bool:
    if value in ("on", "off"):
        return bool(value == "on")
    if not isinstance(value, bool):
        raise ProfileInvalid(
            f"The setting {name} is neither on nor off.",
            hint=f"Run `fetch2py settings {name} on`, or off; in the file it is true or false.",
        )
    return value


_READERS: dict[str, Callable[[str, Any], Any]] = {"user_agent": _field_value, "history": _switch}
