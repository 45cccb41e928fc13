"""JavaScript as data: the calls of a function in a text, with literal arguments and where they stand.

Knows the language as far as literals go. Must not know fetch, HTTP, or what a call is for. Nothing is run.
"""

from __future__ import annotations

from fetch2py.javascript.strict import read_strict_calls
from fetch2py.javascript.values import UNDEFINED, Call, Construct, Opaque, Value, number_text

__all__ = ["UNDEFINED", "Call", "Construct", "Opaque", "Value", "calls", "number_text"]


def calls(text: str, callee: str) -> list[Call]:
    """Every call of the global function `callee`, in the text's order; [] where there is none.

    Values are str, bool, None (null), numbers, list and dict; UNDEFINED; Construct for `new Name(…)`; and
    Opaque, with its place, for what only running the code would give.

    Raises SnippetSyntaxError where the text can't be read.
    """
    if callee not in text:
        return []
    strict = read_strict_calls(text, callee)
    if strict is not None:
        return strict
    from fetch2py.javascript.literal import read_calls

    return read_calls(text, callee)
