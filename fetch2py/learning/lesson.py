"""What was learned from one whole answer: rules, the text that they give, and how sure that is.

Knows frames and the rule model. Must not know bytes, HTTP, nor any site.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from fetch2py.dialects import Reader, compile_dialect, complaint
from fetch2py.framing import Frame
from fetch2py.learning.channel import Channel
from fetch2py.learning.choosing import Choice, choose
from fetch2py.learning.kinds import Marks, marks
from fetch2py.learning.material import Material, material
from fetch2py.learning.places import Places, places
from fetch2py.learning.words import likeness, split_words, weight
from fetch2py.learning.writing import described, write

__all__ = ["Lesson", "Reading", "learn_frames"]

_SURE = 0.8
_BARE_WORDS = re.compile(r"[A-Za-z0-9_.:/-]{1,2000}")
_WORTH, _WORTH_ALONE = 0.0, 3.0
_ENOUGH_POINTS = 5.0
_ENOUGH_MARGIN = 3.0
_HELD_BACK = ("task_id", "taskId", "job_id", "jobId", "request_id", "run_id", "ticket")
_TICKET = (
    "The answer only names a task: its text comes over another channel, such as a later request or a "
    "WebSocket. Copy that request instead."
)
_WAITING = ("status", "state", "queue", "queued", "position")


class Reading(NamedTuple):
    """One way to read the answer: the rules, and the text and reasoning that they give."""

    rules: Mapping[str, Any]
    text: str
    reasoning: str = ""


class Lesson(NamedTuple):
    """What was learned. `rules` is None where no text was found, and `why` then says what came instead.

    `runner_up` is the next likeliest reading, None where nothing else could be the text. `confidence` is
    between 0 and 1; from 0.8 on the lesson is `sure`. `error` is what the server said was wrong, where it
    said nothing else. Nothing of it is to be taken for the answer before a person has confirmed it.
    """

    rules: Mapping[str, Any] | None
    text: str
    reasoning: str
    why: str
    confidence: float
    runner_up: Reading | None = None
    error: str = ""

    @property
    def sure(self) -> bool:
        """Whether there is no sensible doubt."""
        return self.confidence >= _SURE


def learn_frames(frames: Sequence[Frame], head: Mapping[str, Any] | None = None, sent: str = "") -> Lesson:
    """What a whole answer's frames show. `head` is what the dialect says of its framing (framing, options),
    `sent` the message that was answered."""
    opening = dict(head or {"framing": "auto"})
    held = material(frames)
    found = places(held)
    kinds = marks(held, found)
    choice = choose(held, found, kinds, sent)
    if not choice.texts or not _worth(choice.texts[0]):
        return _nothing(held, choice)
    best = choice.texts[0]
    reading = _reading(opening, held, found, kinds, best, choice.reasoning)
    if reading.text != best.text.replace("\0", ""):
        best.doubts.append("The rules can't say exactly what was found.")
    if held.bare and any(not record.data.startswith("[") for record in held.marks):
        best.doubts.append("What was taken for an end mark may be a word.")
    rival = _rival(choice.texts, reading.text)
    second = _reading(opening, held, found, kinds, rival, ()) if rival else None
    return Lesson(
        reading.rules,
        reading.text,
        reading.reasoning,
        _why(best, reading.rules),
        _confidence(best, rival, reading),
        second if second and second.text not in ("", reading.text) else None,
    )


def _reading(
    opening: Mapping[str, Any],
    held: Material,
    found: Places,
    kinds: Marks,
    text: Channel,
    reasoning: Sequence[Channel],
) -> Reading:
    rules = {**opening, **write(held, found, kinds, text, reasoning)}
    reader = Reader(compile_dialect(rules))
    reader.receive(held.frames)
    reader.finish()
    return Reading(rules, reader.text, reader.reasoning)


def _worth(channel: Channel) -> bool:
    least = _WORTH if len(channel.values) > 1 else _WORTH_ALONE
    return channel.score > least and bool(channel.text.strip())


def _rival(texts: Sequence[Channel], text: str) -> Channel | None:
    shown = text.strip()
    for channel in texts[1:]:
        other = channel.text.strip()
        if other and other not in shown and channel.score > -4.0:
            return channel
    return None


def _confidence(best: Channel, rival: Channel | None, reading: Reading) -> float:
    count = len(best.values)
    margin = best.score - (rival.score if rival else -4.0)
    named = weight(split_words(_last_name(best))) >= 2.5
    if not named and count > 2 and _BARE_WORDS.fullmatch(best.text):
        best.doubts.append("Its pieces could be names as well.")
    if best.doubts or best.score < _ENOUGH_POINTS or margin < _ENOUGH_MARGIN:
        return max(0.1, min(0.6, 0.1 + best.score / 25 + min(margin, 5.0) / 20))
    if best.repeats:
        return 0.97
    if count >= 3:
        return min(0.95, 0.85 + margin / 100)
    strong = named and likeness(best.text, count) >= 3.0
    if strong and margin >= 2 * _ENOUGH_MARGIN:
        return 0.8 if count == 2 or not rival or margin >= 3 * _ENOUGH_MARGIN else 0.7
    return 0.6


def _last_name(channel: Channel) -> str:
    names = [step for step in channel.members[0].place.tokens if not step.isdigit() and step != "*"]
    return names[-1] if names else ""


def _why(best: Channel, rules: Mapping[str, Any]) -> str:
    count = len(best.values)
    pieces = f"{count} records" if count > 1 else "one record"
    grounds = [*best.evidence, *best.doubts]
    reason = f": {'; '.join(grounds)}" if grounds else ""
    return f"The text stands at {described(rules)} in {pieces}{reason}.".replace("..", ".")


def _nothing(held: Material, choice: Choice) -> Lesson:
    """No text was found: say what came instead."""
    error = next(filter(None, (complaint(record.data) for record in held.errors)), "")
    if error:
        why = "The answer is an error, and no text."
    elif any(isinstance(record.data, dict) and _is_ticket(record.data) for record in held.said):
        why = _TICKET
    elif choice.reasoning:
        why = "The answer holds reasoning and no text."
    else:
        why = "Nothing in this answer looks like a text." if held.frames else "The answer is empty."
    return Lesson(None, "", "", why, 0.0, None, error)


def _is_ticket(data: Mapping[str, Any]) -> bool:
    inner = data.get("data")
    both = {**data, **inner} if isinstance(inner, dict) else data
    return any(key in both for key in _HELD_BACK) and any(key in both for key in _WAITING)
