"""Text as it grows: pieces in, what may leave out, the whole text at any time.

Knows blocks and code points. Must not know where a piece comes from.

JSON can split a character beyond U+FFFF into two surrogates that arrive in two records. The first half is
held until the second is there, and becomes U+FFFD if it never comes: what leaves can always be encoded.
"""

from __future__ import annotations

from fetch2py.jsontext import well_formed

__all__ = ["Channel"]

_REWRITTEN = "The server rewrote text that was already out; the final text is its last version."
_INTERLEAVED = "Parts of the answer came interleaved; the final text has them one after the other."


class Channel:
    """The answer's text, or its reasoning: blocks, one after another in the order in which they began.

    What the methods return is what may be shown now, in the order of arrival. It joins up to `text` unless
    the server rewrote something or let blocks grow side by side; `notes` then says so.
    """

    def __init__(self) -> None:
        self._blocks: dict[str, _Block] = {}
        self._furthest = -1
        self.notes: list[str] = []

    @property
    def text(self) -> str:
        """All of it, by now."""
        return "".join(block.whole() for block in self._blocks.values())

    @property
    def empty(self) -> bool:
        """Whether nothing has left yet."""
        return self._furthest < 0

    def append(self, piece: str, key: str = "") -> str:
        """Put a piece at the end of its block."""
        block = self._blocks.get(key) or self._begin(key)
        return self._left(block, block.append(piece))

    def snapshot(self, whole: str, key: str = "") -> str:
        """Say what all of a block is by now; what leaves is what follows the part that stayed as it was."""
        block = self._blocks.get(key) or self._begin(key)
        before = block.whole()
        after = block.replace(whole)
        if after.startswith(before):
            return self._left(block, after[len(before) :])
        self._note(_REWRITTEN)
        return self._left(block, after[_stayed(before, after) :])

    def finish(self) -> str:
        """No more is to come: what was held leaves."""
        return "".join(self._left(block, block.finish()) for block in self._blocks.values())

    def _begin(self, key: str) -> _Block:
        block = self._blocks[key] = _Block(len(self._blocks))
        return block

    def _left(self, block: _Block, fresh: str) -> str:
        if fresh and block.number != self._furthest:
            if block.number < self._furthest:
                self._note(_INTERLEAVED)
            else:
                self._furthest = block.number
        return fresh

    def _note(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)


class _Block:
    """One block's pieces, and the half of a character that it waits to complete."""

    __slots__ = ("half", "number", "pieces")

    def __init__(self, number: int) -> None:
        self.number = number
        self.pieces: list[str] = []
        self.half = ""

    def whole(self) -> str:
        self.pieces = ["".join(self.pieces)]
        return self.pieces[0]

    def append(self, piece: str) -> str:
        # Encoding is the fastest way to learn that there is no surrogate, and nearly always there is none.
        try:
            piece.encode()
        except UnicodeEncodeError:
            piece = self._hold(self.half + piece)
        else:
            if self.half:
                piece = self._hold(self.half + piece)
        self.pieces.append(piece)
        return piece

    def replace(self, whole: str) -> str:
        self.pieces = [self._hold(whole)]
        return self.pieces[0]

    def finish(self) -> str:
        piece, self.half = well_formed(self.half), ""
        self.pieces.append(piece)
        return piece

    def _hold(self, text: str) -> str:
        self.half = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
        return well_formed(text[: len(text) - len(self.half)])


def _stayed(before: str, after: str) -> int:
    """How many characters at the beginning are the same. Halves the search, as both may be long."""
    low, high = 0, min(len(before), len(after))
    while low < high:
        middle = (low + high + 1) // 2
        if before[low:middle] == after[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
