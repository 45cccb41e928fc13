"""The rule model of an answer: a dialect as data, validated and compiled.

Knows which keys a dialect has and what each may hold. Must not know any dialect in particular, nor how a
record is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn

from fetch2py.dialects.conditions import Condition, compile_conditions
from fetch2py.dialects.plans import Plans
from fetch2py.dialects.pointers import Pointer, compile_pointer
from fetch2py.errors import ProfileInvalid

__all__ = ["ID_TARGET", "Dialect", "Expansion", "Rule", "Signs", "compile_dialect", "compile_signs"]

ID_TARGET = "id:"
"""What stands before the name, in the target of a rule that finds an id."""

_TARGETS = ("text", "reasoning", "error", "end", "ignore")
_PROSE = ("text", "reasoning")
_MODES = ("append", "snapshot", "final")

_DIALECT_KEYS = ("framing", "options", "carry", "strip_nul", "expand", "rules", "signs", "also")
_OPTION_KEYS = ("keep_space", "boundary")
_EXPAND_KEYS = ("on", "at", "join")
_RULE_KEYS = ("to", "on", "get", "mode", "key", "same")
_SIGNS_KEYS = ("framings", "hosts", "paths", "records", "bare")


class Rule(NamedTuple):
    """One rule. `paths` are those in a record without which it can't match."""

    to: str
    conditions: tuple[Condition, ...]
    get: Pointer | None
    mode: str
    key: Pointer | None
    same: Pointer | None
    paths: tuple[tuple[str, ...], ...]


class Expansion(NamedTuple):
    """Where a record holds further records; `join` is the member that their parent's is put before, or "".

    `member` is the one that an object must have for it, "" if any might do.
    """

    conditions: tuple[Condition, ...]
    at: Pointer
    join: str
    member: str


class Signs(NamedTuple):
    """How a dialect is recognised: the hosts that speak it, how a request's path ends, records of its own.

    `framings` are those that it comes in beside its own; none of either, and it can come in any. `bare`: its
    records are text and no JSON.
    """

    framings: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    records: tuple[tuple[Condition, ...], ...] = ()
    bare: bool = False

    def speaks(self, host: str) -> bool:
        """Whether this host is one of them. Subdomains count."""
        return any(host == known or host.endswith("." + known) for known in self.hosts)

    def path_end(self, path: str) -> str:
        """The first of the paths' ends that this path has; "" where it has none."""
        return next((end for end in self.paths if path.endswith(end)), "")


class Dialect(NamedTuple):
    """A compiled dialect. `also` names the dialect that reads the same site's answers in another framing."""

    name: str
    framing: str
    options: Mapping[str, Any]
    carry: tuple[str, ...]
    strip_nul: bool
    expand: tuple[Expansion, ...]
    rules: tuple[Rule, ...]
    signs: Signs
    also: str
    plans: Plans

    @property
    def has_end(self) -> bool:
        """Whether an answer in this dialect says itself that it is over."""
        return any(rule.to == "end" for rule in self.rules)


def compile_dialect(data: Mapping[str, Any], name: str = "") -> Dialect:
    """A dialect as data, compiled. `name` is for messages and for the person.

    Raises ProfileInvalid for whatever the rule model doesn't have, with the place.
    """
    where = f"The dialect {name}" if name else "The dialect"
    _check_keys(where, data, _DIALECT_KEYS)
    rules = tuple(_rule(*numbered) for numbered in _tables(where, data, "rules", "rule"))
    return Dialect(
        name=name,
        framing=_typed(where, data, "framing", str, "auto"),
        options=_options(where, _typed(where, data, "options", Mapping, {})),
        carry=tuple(_strings(where, data, "carry")),
        strip_nul=_typed(where, data, "strip_nul", bool, False),
        expand=tuple(_expansion(*numbered) for numbered in _tables(where, data, "expand", "expand")),
        rules=rules,
        signs=compile_signs(data, name),
        also=_typed(where, data, "also", str, ""),
        plans=Plans(rules),
    )


def compile_signs(data: Mapping[str, Any], name: str = "") -> Signs:
    """The signs alone of a dialect as data, compiled. Raises ProfileInvalid as `compile_dialect` does."""
    where = f"The dialect {name}" if name else "The dialect"
    signs = _typed(where, data, "signs", Mapping, {})
    place = f"{where}, signs"
    _check_keys(place, signs, _SIGNS_KEYS)
    return Signs(
        framings=tuple(_strings(place, signs, "framings")),
        hosts=tuple(_strings(place, signs, "hosts")),
        paths=tuple(_strings(place, signs, "paths")),
        records=tuple(_conditions(place, {"on": on}) for on in _typed(place, signs, "records", list, [])),
        bare=_typed(place, signs, "bare", bool, False),
    )


def _options(where: str, options: Mapping[str, Any]) -> Mapping[str, Any]:
    place = f"{where}, options"
    _check_keys(place, options, _OPTION_KEYS)
    _typed(place, options, "keep_space", bool, False)
    _typed(place, options, "boundary", str, "")
    return dict(options)


def _expansion(where: str, data: Mapping[str, Any]) -> Expansion:
    _check_keys(where, data, _EXPAND_KEYS)
    at = _pointer(where, data, "at")
    if at is None:
        _refuse(where, "no `at`, the pointer to the array")
    join = _typed(where, data, "join", str, "")
    member = at.path[0] if at.path and at.path[0] != "*" else ""
    return Expansion(_conditions(where, data), at, join, member)


def _rule(where: str, data: Mapping[str, Any]) -> Rule:
    _check_keys(where, data, _RULE_KEYS)
    to = _typed(where, data, "to", str, "")
    if to not in _TARGETS and (not to.startswith(ID_TARGET) or to == ID_TARGET):
        _refuse(where, f"`to` is {to!r}; it can be {', '.join(_TARGETS)} or id:NAME")
    mode = _typed(where, data, "mode", str, "append")
    if mode not in _MODES:
        _refuse(where, f"`mode` is {mode!r}; it can be {', '.join(_MODES)}")
    get = _pointer(where, data, "get")
    if get is None and (to in _PROSE or to.startswith(ID_TARGET)):
        _refuse(where, f"a rule to {to} has no `get`, the pointer to the value")
    if to not in _PROSE and ("mode" in data or "key" in data):
        _refuse(where, f"`mode` and `key` are for text and reasoning, not for {to}")
    conditions = _conditions(where, data)
    key, same = _pointer(where, data, "key"), _pointer(where, data, "same")
    paths = {condition.path for condition in conditions} | {get.path if get else ()}
    return Rule(to, conditions, get, mode, key, same, tuple(sorted(paths - {()})))


def _conditions(where: str, data: Mapping[str, Any]) -> tuple[Condition, ...]:
    on = _typed(where, data, "on", Mapping, {})
    try:
        return compile_conditions(on)
    except ValueError as exc:
        raise _invalid(where, f"`on`: {exc}") from exc


def _pointer(where: str, data: Mapping[str, Any], name: str) -> Pointer | None:
    if name not in data:
        return None
    text = _typed(where, data, name, str, "")
    try:
        return compile_pointer(text)
    except ValueError as exc:
        raise _invalid(where, f"`{name}`: {exc}") from exc


def _tables(where: str, data: Mapping[str, Any], name: str, one: str) -> list[tuple[str, Mapping[str, Any]]]:
    tables = _typed(where, data, name, list, [])
    return [(f"{where}, {one} {number}", table) for number, table in enumerate(tables, 1)]


def _strings(where: str, data: Mapping[str, Any], name: str) -> list[str]:
    strings = _typed(where, data, name, list, [])
    if not all(isinstance(one, str) for one in strings):
        _refuse(where, f"`{name}` holds something that is not a string")
    return list(strings)


def _check_keys(where: str, data: Any, known: tuple[str, ...]) -> None:
    if not isinstance(data, Mapping):
        _refuse(where, f"{type(data).__name__} where a table belongs")
    for key in data:
        if key not in known:
            _refuse(where, f"unknown key {key!r}; it can have {', '.join(known)}")


def _typed(where: str, data: Mapping[str, Any], name: str, kind: type, default: Any) -> Any:
    """The member of that name, or the default, if it is of that kind."""
    value = data.get(name, default)
    if not isinstance(value, kind):
        _refuse(where, f"`{name}` holds {type(value).__name__} where a {_KINDS[kind]} belongs")
    return value


def _refuse(where: str, what: str) -> NoReturn:
    raise _invalid(where, what)


def _invalid(where: str, what: str) -> ProfileInvalid:
    return ProfileInvalid(f"{where}: {what}.", hint="Correct the dialect's rules in the profile.")


_KINDS: Mapping[type, str] = {str: "string", bool: "boolean", list: "list", Mapping: "table"}
