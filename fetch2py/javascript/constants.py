"""Which names of a script always stand for the expression that they are declared with.

Knows declarations, assignments and calls. Must not know what an expression's value is, nor fetch.

A name counts that is declared once and never assigned to. Where it stands for an object, something else can
still change what is in it: an assignment to a member, a method, a function that it is handed to. Such names
are told apart, since text and numbers can't be changed that way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fetch2py.javascript.syntax import nodes, nodes_below

__all__ = ["Constants", "constants_of", "path_of"]

_SCOPES = ("BlockStatement", "ForStatement", "ForInStatement", "ForOfStatement", "SwitchStatement")
_FUNCTIONS = (
    "FunctionDeclaration",
    "FunctionExpression",
    "ArrowFunctionExpression",
    "AsyncArrowFunctionExpression",
)
# What may be handed an object, or called on one, without changing it.
_HARMLESS_CALLS = ("fetch", "Headers", "URLSearchParams", "Request")
_HARMLESS_METHODS = ("JSON.stringify", "console.log", "Object.freeze", "Object.keys", "Object.entries")


@dataclass(frozen=True, slots=True)
class Constants:
    """`initial` are the expressions by name, `exposed` the names whose objects may have been changed.

    `reach` tells for each name from where to where in the text it stands for its expression.
    """

    initial: dict[str, Any]
    exposed: frozenset[str]
    reach: dict[str, tuple[int, int]]


def constants_of(root: Any) -> Constants:
    """The constants of a script."""
    declared: Counter[str] = Counter()
    assigned: set[str] = set()
    exposed: set[str] = set()
    declarators: dict[str, Any] = {}
    blocks: list[tuple[int, int]] = []
    for node in nodes(root):
        declared.update(_declared_by(node))
        assigned.update(_assigned_by(node))
        exposed.update(_exposed_by(node))
        if node.type == "VariableDeclarator" and node.id.type == "Identifier" and node.init:
            declarators[node.id.name] = node
        if node.type in _SCOPES:
            blocks.append(tuple(node.range))
    # Whoever changes an object under one name changes it under every other.
    new = [*exposed]
    while new:
        declarator = declarators.get(new.pop())
        more = set(_aliases_in(declarator.init)) - exposed if declarator else set()
        exposed |= more
        new += more
    once = {name: node for name, node in declarators.items() if declared[name] == 1 and name not in assigned}
    return Constants(
        {name: node.init for name, node in once.items()},
        frozenset(exposed),
        dict(_reaches(once, blocks)),
    )


def _reaches(
    declarators: dict[str, Any], blocks: list[tuple[int, int]]
) -> Iterator[tuple[str, tuple[int, int]]]:
    """For each name, from behind its declaration to the end of the innermost block around it."""
    # Blocks nest: the last that is open is the innermost. Of two that begin together one holds the other.
    ordered = sorted(blocks, key=lambda block: (-block[0], block[1]))
    around: list[int] = []
    for name, node in sorted(declarators.items(), key=lambda item: int(item[1].range[0])):
        start, end = node.range
        while ordered and ordered[-1][0] <= start:
            around.append(ordered.pop()[1])
        while around and around[-1] < end:
            around.pop()
        yield name, (end, around[-1] if around else end)


def path_of(node: Any) -> str:
    """`name`, or `name.member`; "" for any other expression."""
    if node.type == "MemberExpression" and not node.computed and node.object.type == "Identifier":
        return f"{node.object.name}.{node.property.name}"
    return str(node.name) if node.type == "Identifier" else ""


def _declared_by(node: Any) -> Iterator[str]:
    if node.type == "VariableDeclarator":
        yield from _names_in(node.id)
    elif node.type in _FUNCTIONS:
        yield from _names_in(*node.params)
    elif node.type == "CatchClause" and node.param:
        yield from _names_in(node.param)
    if node.type in ("FunctionDeclaration", "ClassDeclaration") and node.id:
        yield node.id.name


def _target_of(node: Any) -> Any:
    """What the node writes to, None for a node that doesn't."""
    if node.type in ("AssignmentExpression", "ForInStatement", "ForOfStatement"):
        return node.left
    if node.type == "UpdateExpression" or (node.type == "UnaryExpression" and node.operator == "delete"):
        return node.argument
    return None


def _assigned_by(node: Any) -> Iterator[str]:
    target = _target_of(node)
    if target is not None and target.type != "MemberExpression":
        yield from _names_in(target)


def _exposed_by(node: Any) -> Iterator[str]:
    target = _target_of(node)
    if target is not None:
        yield from _names_in(target)
    elif node.type == "TaggedTemplateExpression":
        yield from _names_in(node.quasi)
    elif node.type == "WithStatement":
        yield from _names_in(node.object)
    elif node.type in ("CallExpression", "NewExpression") and not _is_harmless(node):
        if node.callee.type == "MemberExpression" and not path_of(node.callee).endswith(".toString"):
            yield from _aliases_in(node.callee.object)
        for argument in node.arguments:
            yield from _aliases_in(argument)


def _is_harmless(call: Any) -> bool:
    path = path_of(call.callee)
    return path in _HARMLESS_METHODS or path.rpartition(".")[2] in _HARMLESS_CALLS


def _aliases_in(node: Any) -> Iterator[str]:
    """The names whose objects the value of an expression may be, or hold."""
    stack = [node]
    while stack:
        item = stack.pop()
        if item.type == "Identifier":
            yield item.name
        # What fetch() and the like return holds nothing of what they were given. A function that is handed
        # over has its own assignments and calls, which are seen as such.
        elif item.type not in _FUNCTIONS and not (item.type == "CallExpression" and _is_harmless(item)):
            stack.extend(child for child in nodes_below(item))


def _names_in(*roots: Any) -> Iterator[str]:
    return (node.name for node in nodes(*roots) if node.type == "Identifier")
