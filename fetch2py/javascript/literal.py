"""The full path: calls in hand-written code, their arguments evaluated as far as they are literals.

Knows which expressions always give the same value. Must not know fetch, nor run anything: what only running
the code would give is an Opaque with its place, never a guess.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from .syntax import SyntaxTree, nodes, read_syntax_tree
from .values import UNDEFINED, Call, Construct, Opaque, Value, number_text, own_properties, stringify

__all__ = ["read_calls"]

_GLOBALS = ("window", "self", "globalThis")
# What may be handed an object without changing it.
_HARMLESS = {"fetch", "Headers", "URLSearchParams", "Request"}
_FUNCTIONS = (
    "FunctionDeclaration",
    "FunctionExpression",
    "ArrowFunctionExpression",
    "AsyncArrowFunctionExpression",
)


def read_calls(text: str, callee: str) -> list[Call]:
    """Every call of `callee` in the order of the text. Raises SnippetSyntaxError."""
    tree = read_syntax_tree(text)
    reader = _Reader(tree)
    found = [
        node for node in nodes(tree.root) if node.type == "CallExpression" and _is_global(node.callee, callee)
    ]
    return [reader.call(node) for node in sorted(found, key=lambda node: int(node.range[0]))]


class _Reader:
    """Evaluates expressions of one tree."""

    def __init__(self, tree: SyntaxTree) -> None:
        self._tree = tree
        self._constants = _constants(tree.root)
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
        try:
            return read(node)
        except RecursionError:
            return self._opaque(node)

    def _opaque(self, node: Any) -> Opaque:
        return Opaque(self._tree.span(node))

    def _awaited(self, node: Any) -> Value:
        return self.value(node.argument)

    def _literal(self, node: Any) -> Value:
        if isinstance(node.value, str) and node.raw[:1] in ("'", '"'):
            return self._tree.string(node, node.value)
        plain = isinstance(node.value, bool | int | float) or node.raw == "null"
        return node.value if plain else self._opaque(node)

    def _template(self, node: Any) -> Value:
        text = ""
        for index, quasi in enumerate(node.quasis):
            text += self._tree.string(node, quasi.value.cooked).replace("\r\n", "\n").replace("\r", "\n")
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
            plain = member.kind == "init" and not member.method
            members.append((name, self.value(member.value) if plain else self._opaque(member)))
        return own_properties(members)

    def _key(self, member: Any) -> str | None:
        if member.key.type == "Identifier" and not member.computed:
            return str(member.key.name)
        return _as_text(self.value(member.key))

    def _name(self, node: Any) -> Value:
        if node.name == "undefined":
            return UNDEFINED
        constant = self._constants.get(node.name)
        return self._opaque(node) if constant is None else self.value(constant)

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
            if _path(callee) == "JSON.stringify" and len(node.arguments) == 1:
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


def _constants(root: Any) -> dict[str, Any]:
    """Names that always stand for the expression they are declared with: declared once, never written to."""
    declared: Counter[str] = Counter()
    written: set[str] = set()
    initial: dict[str, Any] = {}
    for node in nodes(root):
        declared.update(_declared_by(node))
        written.update(_written_by(node))
        if node.type == "VariableDeclarator" and node.id.type == "Identifier" and node.init:
            initial[node.id.name] = node.init
    # Whoever changes an object also changes it under its other names.
    for name in [name for name in initial if name in written]:
        written.update(_names_in(initial[name]))
    return {
        name: init
        for name, init in initial.items()
        if declared[name] == 1 and name not in written and name not in _names_in(init)
    }


def _declared_by(node: Any) -> Iterator[str]:
    if node.type == "VariableDeclarator":
        yield from _names_in(node.id)
    elif node.type in _FUNCTIONS:
        yield from _names_in(node.params)
    elif node.type == "CatchClause" and node.param:
        yield from _names_in(node.param)
    if node.type in ("FunctionDeclaration", "ClassDeclaration") and node.id:
        yield node.id.name


def _written_by(node: Any) -> Iterator[str]:
    if node.type == "AssignmentExpression":
        yield from _names_in(node.left)
    elif node.type in ("UpdateExpression", "UnaryExpression") and getattr(node, "operator", "") in (
        "++",
        "--",
        "delete",
    ):
        yield from _names_in(node.argument)
    elif node.type in ("ForInStatement", "ForOfStatement"):
        yield from _names_in(node.left)
    elif node.type in ("CallExpression", "NewExpression"):
        path = _path(node.callee)
        if path.rpartition(".")[2] not in (*_HARMLESS, "stringify", "toString"):
            yield from _holder_of(node.callee)
            yield from (argument.name for argument in node.arguments if argument.type == "Identifier")


def _names_in(node: Any) -> Iterator[str]:
    return (item.name for item in nodes(node) if item.type == "Identifier")


def _holder_of(callee: Any) -> Iterator[str]:
    """The name at the root of `name.member.method`."""
    while callee.type == "MemberExpression":
        callee = callee.object
    if callee.type == "Identifier":
        yield callee.name


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
    return _path(callee) in (name, *(f"{holder}.{name}" for holder in _GLOBALS))


def _path(node: Any) -> str:
    if node.type == "MemberExpression" and not node.computed and node.object.type == "Identifier":
        return f"{node.object.name}.{node.property.name}"
    return str(node.name) if node.type == "Identifier" else ""
