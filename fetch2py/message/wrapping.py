"""Whether more stands in a text than the message: markup, data of a format, or what a site puts around a
message for a model, such as documents, instructions and the time.

Knows a text alone, and how prompts are built. Must not know where it stands, nor what was typed.
"""

from __future__ import annotations

import re

from fetch2py.message.reasons import AROUND, MARKUP
from fetch2py.message.texts import is_markup

__all__ = ["doubt_of", "is_marked_up"]

# So much of a text's beginning, and of its end, tells of what format it is.
_ENOUGH = 300
_MARKED_UP = re.compile(r"\s*+<[A-Za-z!?]")
_DATA = re.compile(r"\A\s*+(?:[\w.\[\]-]++=|[0-9]*+[{\[]\s*+[\"'{\[0-9]|\w*+[|:;,]\w)|[\"'][:,]|\|\S*+\|")
_MARKS_OF_MODELS = re.compile(
    r"<\|[a-z_]{1,30}\|>|\[/?INST\]|<(?:start|end)_of_turn>|^#{2,3} ?(?:Instruction|Input|Response|User)\b"
    r"|\n(?:[A-Z][a-z]{1,9} )?(?:Assistant|AI|Bot|Answer|Response|Output|A|Antwort|Réponse|Respuesta)"
    r"[ \t]*+:\s*+\Z|\n(?:回答|答案|答)[:：]\s*+\Z",
    re.IGNORECASE | re.MULTILINE,
)
# An element in front of other words, or one behind them whose name no element of HTML has.
_OPENING = re.compile(r"\s*+<([A-Za-z][\w.-]{0,60}+)(?:\s[^<>]{0,300}+)?>")
_CLOSING_AT_END = re.compile(r"</[a-z]++(?:[_-]|[A-Z])[\w-]{0,60}+>\s*+\Z")
# Lines that tell what is on the next ones. One that begins the text can be a person's own.
_SECTION_END = re.compile(r"^\[(?:/|end of )[^\[\]\n]{1,80}\]", re.IGNORECASE | re.MULTILINE)
_LABEL = re.compile(
    r"\n(?:(?:the |my )?(?:user|human|customer)(?:'s)? ?)?"
    r"(?:question|query|request|input|task|instruction|message|user|human|customer|context"
    r"|frage|anfrage|kontext|aufgabe|pregunta|contexto)s?[ \t]*+:"
    r"|\n(?:用户)?(?:问题|提问|输入|指令)[:：]"
    r"|\n(?:attachment|attached file|file|document|附件|文件)[ \t]*+(?:\([^()\n]{1,200}\))?:",
    re.IGNORECASE,
)
_HEADING = re.compile(r"^#{1,4} +([^\n]{1,80})$", re.MULTILINE)
_OF_PROMPTS = re.compile(
    r"\b(?:context|request|quer(?:y|ies)|question|task|instructions?|input|current time|current date)\b",
    re.IGNORECASE,
)
# How instructions begin that a site writes around a message.
_BEGINNING = re.compile(
    r"\s*+(?:use (?:only )?the (?:following|provided|given|context)|given the (?:following|above|context)"
    r"|(?:answer|respond|reply)\b[^\n]{0,80}\b(?:based on|using|from|given)\b[^\n]{0,40}"
    r"\b(?:context|following|below|documents?)\b"
    r"|[^\n:]{1,120}\b(?:following|below)\b[^\n:]{0,80}:[ \t]*+\n"
    r"|(?:context|kontext|contexto)[ \t]*+:|已知(?:信息|内容)"
    r"|(?:参考|背景)(?:资料|信息|内容)[:：]"
    r"|[^\n]{0,40}(?:根据|基于)(?:以上|以下|上述|下面))",
    re.IGNORECASE,
)


def is_marked_up(text: str) -> bool:
    """Whether the text begins as markup does."""
    return bool(_MARKED_UP.match(text))


def doubt_of(text: str, *, is_body: bool) -> str:
    """Why the text as a whole may not be the message, as a sentence; "" for no reason. `is_body`: it is the
    request's whole body, which can have any format.
    """
    if is_markup(text) or (is_body and is_marked_up(text)):
        return MARKUP
    ends = f"{text[:_ENOUGH]}\0{text[-_ENOUGH:]}"
    if _MARKS_OF_MODELS.search(ends) or (is_body and _DATA.search(ends)):
        return AROUND
    return AROUND if _is_wrapped(text) else ""


def _is_wrapped(text: str) -> bool:
    """Whether the text is built of sections, as a site does it that gives a model more than the message."""
    opening = _OPENING.match(text)
    if opening is not None and f"</{opening[1]}" in text:
        return True
    if _BEGINNING.match(text) or _CLOSING_AT_END.search(text[-_ENOUGH:]):
        return True
    if _SECTION_END.search(text) or _LABEL.search(text):
        return True
    headings = _HEADING.findall(text)
    return len(headings) > 1 and any(map(_OF_PROMPTS.search, headings))
