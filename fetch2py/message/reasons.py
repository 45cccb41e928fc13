"""What is said to a person of a choice: why it is this text, why that is doubtful, or why it is none.

Knows sentences. Must not know how a choice is made.
"""

from __future__ import annotations

_HINT = "say which of the texts it is, or name the slot"

WHY_TYPED = "It is the one text that equals what was typed."
WHY_TYPED_OF_MANY = "Of the texts that equal what was typed, its name, role and position fit a message best."
WHY_WEIGHT = "Its name, role and position fit a message best; nothing else comes near."
WHY_MARKUP = "The message stands in HTML there, which stays around a new one."
WHY_PART = "It holds what was typed; the text around it stays around a new one."
WHY_EMPTY = "It is the place of the newest turn's text, which was sent empty."
SAME_STAYS = " The same text in {} stays as it is: it seems to be another thing."

ODD_PLACE = f"What was typed stands only where messages seldom do: {_HINT}."
CLOSE = f"Other texts could be the message as well: {_HINT}."
FAINT = "Little marks this text as the message: say what was typed, or name the slot."
FEEDBACK = f"This looks like what was said of an answer, not like what asked for it: {_HINT}."
ERROR = f"This looks like a program's error, which the page reports: {_HINT}."
ANSWERED = f"The person's last message there has an answer already, so this may be no new one: {_HINT}."
EMPTY = f"The message's own place seems to be empty, and another text may be none: {_HINT}."
JSON_MESSAGE = f"The message seems to be JSON itself: {_HINT}."
MARKUP = "The message stands in HTML or XML there, and a new one would replace all: name the slot to do so."
AROUND = "More than the message seems to stand there, and a new one would replace all: say what was typed."
PART = "What was typed is a part of this text, and a new one would replace it all: name the slot to do so."
TELEMETRY_ADDRESS = f"The address looks like one that collects telemetry, not one that answers: {_HINT}."
IN_QUERY = f"The body isn't where it was looked for, only the URL's query: {_HINT}."

NOWHERE = "What was typed is nowhere in this request: another request may have sent the message."
NO_MESSAGE = "No text in the request looks like a message: say what was typed, or name the slot."
TELEMETRY = "This reports what happened on the page (telemetry): it isn't the request that got the answer."
IN_PATH = "What was typed stands in the URL's path, and only a body or a query can take a new message."
UNTOLD = "What was typed stands where no slot leads: in a document, or in a field of odd or repeated name."
