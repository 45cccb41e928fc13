"""An answer that no dialect reads, learned from: its records in, the rules that find its text out.

Knows the rule model and what speaks for a value. Must not know HTTP, disk, nor any site. Nothing is decided
at the first plausible value: a lesson is drawn from a whole answer, and is a proposal until a person has
confirmed it.

`listening` hands an answer's bytes to the decoders. Then `material` makes records of the frames, `places`
lists what stands where, `kinds` what tells records apart; `sorting` parts the answer from its reasoning,
echoes and asides, `channel` sees how each text grows, `choosing` weighs them, and `writing` makes rules of
the winner, which are read with the real reader before anything is told.
"""

from __future__ import annotations

from fetch2py.learning.lesson import Lesson, Reading, learn_frames
from fetch2py.learning.listening import Listener, learn

__all__ = ["Lesson", "Listener", "Reading", "learn", "learn_frames"]
