"""The full path: calls in hand-written code, their arguments evaluated as far as they are literals.

Knows which expressions always give the same value. Must not know fetch, nor run anything: what only running
the code would give is an Opaque with its place, never a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fetch2py.errors import SnippetSyntaxError
from fetch2py.javascript.constants import constants_of, path_of
from fetch2py.javascript.syntax import MAX_LENGTH, SyntaxTree, deep_stack, nodes, read_syntax_tree
from fetch2py.javascript.values import (
    PROTOTYPE,
    UNDEFINED,
    Call,
    Construct,
    Opaque,
    Value,
    cooked,
    number_text,
    own_properties,
    stringify,
)

__all__ = ["read_calls"]

# A few names that stand for each other build more than any memory holds: `const b = a + a, c = b + b, …`.
# What code builds for its calls may be ten times as long as code may be. Each expression that is read counts
# for some characters, since that takes time where it builds nothing.
_MOST_BUILT = 10 * MAX_LENGTH
_EXPRESSION = 10

_GLOBALS = ("window", "self", "globalThis")


def read_calls(text: str, callee: str) -> list[Call]:
    """Every call of `callee` in the order of the text. Raises SnippetSyntaxError."""
    with deep_stack(text):
        return _calls(read_syntax_tree(text), callee)


def _calls(tree: SyntaxTree, callee: str) -> list[Call]:
    reader = _Reader(tree)
    found = [
        node for node in nodes(tree.root) if node.type == "CallExpression" and _is_global(node.callee, callee)
    ]
    return [reader.call(node) for node in sorted(found, key=lambda node: int(node.range[0]))]


class _Reader:
    """Evaluates expressions of one tree."""

    def __init__(self, tree: SyntaxTree) -> None:
        self._tree = tree
        self._constants = constants_of(tree.root)
        self._being_read: set[str] = set()
        self._built = 0
        self._kinds: dict[str, Callable[[Any], Value]] = {
            "ArrayExpression": self._array,
            "AwaitExpression": self._awaited,
            "BinaryExpression": self._sum,
            "CallExpression": self._result,
            "Identifier": self._name,
            "Literal": self._literal,
            "MemberExpression": self._member,
            "NewExpression": self._construct,
            "ObjectExpression": self._object,
            "TemplateLiteral": self._template,
            "UnaryExpression": self._unary,
        }

    def call(self, node: Any) -> Call:
        span = self._tree.span(node)
        return Call(
            tuple(self.value(argument) for argument in node.arguments),
            tuple(self._tree.span(argument) for argument in node.arguments),
            span,
            self._tree.comments(*span),
        )

    def value(self, node: Any) -> Value:
        read: Callable[[Any], Value] = self._kinds.get(node.type, self._opaque)
        value = read(node)
        self._count(_EXPRESSION + (len(value) if isinstance(value, str) else 0), node)
        return value

    def _count(self, length: int, node: Any) -> None:
        """Add to the length of what was built. Raises SnippetSyntaxError, with the place, beyond the most."""
        self._built += length
        if self._built > _MOST_BUILT:
            raise SnippetSyntaxError(
                f"What is built here comes to more than {_MOST_BUILT:,} characters, and is read no further.",
                source=self._tree.text,
                span=self._tree.span(node),
                hint="Copy the request from DevTools' Network panel, where every value is filled in.",
            )

    def _opaque(self, node: Any) -> Opaque:
        return Opaque(self._tree.span(node))

    def _awaited(self, node: Any) -> Value:
        return self.value(node.argument)

    def _literal(self, node: Any) -> Value:
        if isinstance(node.value, str) and node.raw[:1] in ("'", '"'):
            return self._tree.string(node)
        plain = isinstance(node.value, bool | int | float) or node.raw == "null"
        return node.value if plain else self._opaque(node)

    def _template(self, node: Any) -> Value:
        text = ""
        for index, quasi in enumerate(node.quasis):
            # Between a grave accent or a brace on the left, and a grave accent or `${` on the right.
            text += cooked(self._tree.source(quasi)[1 : -1 if quasi.tail else -2])
            if index < len(node.expressions):
                part = _as_text(self.value(node.expressions[index]))
                if part is None:
                    return self._opaque(node.expressions[index])
                text += part
        return text

    def _sum(self, node: Any) -> Value:
        # A long concatenation leans to the left; taking it apart here keeps the stack flat.
        operands = []
        while node.type == "BinaryExpression" and node.operator == "+":
            operands.append(node.right)
            node = node.left
        if not operands:
            return self._opaque(node)
        parts = [node, *reversed(operands)]
        values = [self.value(part) for part in parts]
        texts = [_as_text(value) for value in values]
        if None in texts:
            first = texts.index(None)
            return values[first] if isinstance(values[first], Opaque) else self._opaque(parts[first])
        if not isinstance(values[0], str) and not isinstance(values[1], str):
            return self._opaque(parts[0])
        return "".join(map(str, texts))

    def _unary(self, node: Any) -> Value:
        operand = self.value(node.argument)
        if node.operator == "void":
            return UNDEFINED
        if node.operator in ("-", "+") and isinstance(operand, int | float) and not isinstance(operand, bool):
            return -operand if node.operator == "-" else operand
        return self._opaque(node)

    def _array(self, node: Any) -> Value:
        if any(element is not None and element.type == "SpreadElement" for element in node.elements):
            return self._opaque(node)
        return [UNDEFINED if element is None else self.value(element) for element in node.elements]

    def _object(self, node: Any) -> Value:
        members: list[tuple[str, Value]] = []
        for member in node.properties:
            if member.type == "SpreadElement":
                spread = self.value(member.argument)
                if not isinstance(spread, dict):
                    return self._opaque(member)
                members.extend(spread.items())
                continue
            name = self._key(member)
            if name is None:
                return self._opaque(member)
            self._count(len(name), member)
            plain = member.kind == "init" and not member.method
            if name == PROTOTYPE and plain and not member.computed and not member.shorthand:
                continue
            members.append((name, self.value(member.value) if plain else self._opaque(member)))
        return own_properties(members)

    def _key(self, member: Any) -> str | None:
        if member.key.type == "Identifier" and not member.computed:
            return str(member.key.name)
        return _as_text(self.value(member.key))

    def _name(self, node: Any) -> Value:
        name = node.name
        if name == "undefined":
            return UNDEFINED
        start, end = self._constants.reach.get(name, (0, 0))
        if name in self._being_read or not start <= node.range[0] < end:
            return self._opaque(node)
        self._being_read.add(name)
        value = self.value(self._constants.initial[name])
        self._being_read.remove(name)
        is_object = isinstance(value, dict | list | Construct)
        return self._opaque(node) if is_object and name in self._constants.exposed else value

    def _member(self, node: Any) -> Value:
        holder = self.value(node.object)
        name = _as_text(self.value(node.property)) if node.computed else node.property.name
        if isinstance(holder, dict) and name in holder:
            return holder[name]
        return self._opaque(node)

    def _construct(self, node: Any) -> Value:
        if node.callee.type != "Identifier":
            return self._opaque(node)
        arguments = tuple(self.value(argument) for argument in node.arguments)
        return Construct(node.callee.name, arguments, self._tree.span(node))

    def _result(self, node: Any) -> Value:
        """The calls whose result is known: JSON.stringify(literal), and literal.toString()."""
        callee = node.callee
        if callee.type == "MemberExpression" and not callee.computed:
            if path_of(callee) == "JSON.stringify" and len(node.arguments) == 1:
                argument = self.value(node.arguments[0])
                text = stringify(argument)
                if text is None:
                    return next(_opaques(argument), self._opaque(node))
                return text
            holder = self.value(callee.object)
            if (
                callee.property.name == "toString"
                and not node.arguments
                and isinstance(holder, str | Construct)
            ):
                return holder if isinstance(holder, str) else Construct("String", (holder,), holder.span)
        return self._opaque(node)


def _opaques(value: Value) -> Iterator[Opaque]:
    if isinstance(value, Opaque):
        yield value
    elif isinstance(value, Construct):
        yield Opaque(value.span)
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _opaques(item)


def _as_text(value: Value) -> str | None:
    if isinstance(value, str):
        return value
    return number_text(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _is_global(callee: Any, name: str) -> bool:
    return path_of(callee) in (name, *(f"{holder}.{name}" for holder in _GLOBALS))
