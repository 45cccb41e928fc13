"""What the name of a member tells about the text under it: a message, a machine's value, or a side matter.

Knows the words that chat sites name things by. Must not know values, roles or positions.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from fetch2py.message.texts import words

__all__ = ["HARD", "NO_NAME", "WEAK", "Name", "name", "words_of"]

HARD = -12
"""Weight of a name that says: this is for the machine (an id, a token, a model)."""
WEAK = -8
"""Weight of a name for text that goes beside a message (a title, a greeting)."""
SELDOM = -6
"""Weight of a name that a message can have where it has no better one."""
_TELLING = 5

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\x00-\x7f]+")

# Words of the names that messages have, the likelier the heavier. Only differences count.
_MESSAGE = {
    **dict.fromkeys(words("prompt question utterance"), 10),
    **dict.fromkeys(words("query"), 9),
    **dict.fromkeys(words("message msg input inputs ask"), 8),
    **dict.fromkeys(words("text txt content contents parts q"), 7),
    **dict.fromkeys(words("say chat keyword keywords body instruction"), 5),
    **dict.fromkeys(words("value term comment search"), 4),
    **dict.fromkeys(words("data caption messages"), 3),
}
# Words that say whose text it is or in what form, and take nothing away from the word beside them.
_NEUTRAL = words(
    """
    user human str string text new current raw original display plain typed send chat input body
    """
)
_HARD = words(
    """
    id ids uuid uid guid key keys token tokens model models url urls uri href link path type types kind
    role mode locale lang language languages timezone tz time date timestamp version status state
    session cookie csrf xsrf hash sha256 signature sign nonce seed device platform agent format mime
    encoding scenario op operation event events action endpoint sender author method secret password
    auth user email username variant provider origin schema color size count index flag level effort
    class icon avatar image images audio video file files region country domain host port ip channel
    nickname tag tags stop intent trace
    """
)
_WEAK = words(
    """
    title titles label summary subject system preamble preprompt prefix suffix developer assistant bot
    about negative default last previous prev placeholder example examples suggested suggestion suggestions
    source instructions persona personality history context style template greeting welcome preview
    reasoning thinking thought answer reply response output completion focus
    """
)
_SELDOM = words("name names description note notes")
# By these words a name says that its text is the message once more: in what form, or to what end.
_FORMS = words("raw original plain display command html markdown rich formatted")
_COPIES = words("signature sign signed hash preview")
# A message's word that is as often a value's, or of which another matter is named: a chat's name, say.
_LOOSE = words("say chat")
# What a page or a document has is no message, though it be called text.
_MATTER = words("text txt content contents parts data value body caption")
_OF_DOCUMENTS = words(
    """
    document documents doc docs page pages article file files passage chunk selection knowledge
    """
)
_EARLIER = words("old first initial")
# What holds the parts of a message, and says nothing more of them.
_HOLDERS = words(
    """
    blocks block content contents parts part elements segments items children nodes node params variables args
    arguments payload request turn turns delta ops
    """
)
# What a container's name tells about all that is in it.
_SIDE_MATTERS = words(
    """
    metadata meta config configurable settings options preferences style styles tool tools file files
    attachment attachments ref refs reference references plugin plugins function functions schema header
    headers device client feature features extra env browser app source sources citation citations
    template templates quote quotes quoted error usage stop
    document documents doc docs knowledge passage passages chunk chunks results page pages article
    selection reply parent
    """
)
_INSIDE = {
    **dict.fromkeys(words("message prompt question query"), 2),
    **dict.fromkeys(_SIDE_MATTERS, -10),
    "parameters": -5,
    **dict.fromkeys(words("context memory memories examples answer response suggestions"), -15),
    **dict.fromkeys(words("system developer assistant instructions preamble persona bot bots agent"), -20),
    **dict.fromkeys(words("agents character characters chatbot"), -20),
    **dict.fromkeys(words("history histories past previous earlier"), -25),
}


class Name(NamedTuple):
    """`weight`: of a text under this name; `inside`: of all below a container of it. Positive is the message.
    `is_tellable`: whether a slot's address can hold the name. `repeats`: by the name alone an equal text is
    the message once more; `is_holder`: a container of that name can be the message's own.
    """

    weight: float
    inside: float
    is_tellable: bool = True
    repeats: bool = False
    is_holder: bool = False


NO_NAME = Name(5, 0)
"""The text is the whole body, under no name at all."""


@lru_cache(maxsize=4096)
def name(member: str) -> Name:
    """What the member's name tells. Words are told apart by case, digits and marks.

    ASP.NET puts the names of all that a field is in before its own, with a dollar sign behind each.
    """
    parts = words_of(member.rpartition("$")[2])
    inside = [_INSIDE[word] for word in parts if word in _INSIDE]
    return Name(
        _weight(parts),
        min(inside, default=0),
        _is_tellable(member),
        _repeats(parts),
        all(word in _MESSAGE or word in _NEUTRAL or word in _HOLDERS for word in parts),
    )


def words_of(member: str) -> list[str]:
    """The words of a member's name, in lower case."""
    return [word.lower() for word in _WORD.findall(member)]


def _is_tellable(member: str) -> bool:
    try:
        member.encode()
    except UnicodeEncodeError:
        return False
    return " > " not in member


def _repeats(parts: list[str]) -> bool:
    """Whether the name's own noun is one of messages: a prompt of any sort is, a room of any sort is not."""
    own = [word for word in parts if word not in _COPIES]
    if not own or not _EARLIER.isdisjoint(own) or _weight(own) < 0:
        return False
    if all(word in _FORMS for word in own):
        return True
    noun = next((word for word in reversed(own) if word in _MESSAGE or word not in _NEUTRAL), "")
    return _MESSAGE.get(noun, 0) >= _TELLING and noun not in _LOOSE


def _weight(parts: list[str]) -> float:
    if any(word in _HARD and not (word == "user" and len(parts) > 1) for word in parts):
        return HARD
    if any(word in _WEAK for word in parts):
        return WEAK
    if any(word in _SELDOM for word in parts):
        return SELDOM
    best = max(parts, key=lambda word: _MESSAGE.get(word, 0), default="")
    if best not in _MESSAGE:
        return 0
    if best in _MATTER and not _OF_DOCUMENTS.isdisjoint(parts):
        return 0
    strange = sum(word not in _NEUTRAL and word not in _MESSAGE for word in parts)
    return _MESSAGE[best] - (len(parts) > 1) - 2 * strange
