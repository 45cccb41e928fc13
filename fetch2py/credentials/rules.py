"""What counts as a secret: by the name of a field, by the shape of a value.

Knows names and values alone. Must not know where a field stands, nor what becomes of a secret.

A name is read as words (`x-msh-session-id`, `sessionID` and `session_id` all hold the word "session"), so
that "author", "keyboard" and "tokenizer" are not mistaken. It then has a grade, and the grade says which
values are believed: a password may be any text, a "token" may also be a setting ("none"), a "key" is most
often just a key.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise

from fetch2py.credentials.jwt import is_jwt

__all__ = [
    "BEGINNINGS",
    "SECRET_FIELDS",
    "STEMS",
    "Grade",
    "grade",
    "is_parameter",
    "is_secret",
    "is_token",
    "looks_opaque",
]


class Grade(IntEnum):
    """How much a field's name says about its value."""

    NONE = 0
    POSSIBLE = 1  # secret if the value is long and random
    LIKELY = 2  # secret unless the value is a plain word, a short number or prose
    CERTAIN = 3  # secret whatever the value, but for a constant such as "none"


# Header fields that are secret whatever they hold.
SECRET_FIELDS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "cookie2"})

# One of these is in every name that has a grade; a quick look at a large text starts with them.
STEMS = ("token", "key", "sess", "sid", "csrf", "xsrf", "secret", "pass", "pwd", "auth", "sig", "cookie",
         "jwt", "bearer", "credential", "hmac", "otp", "ticket", "captcha", "turnstile", "assertion",
         "saml", "sso", "access")  # fmt: skip

# Words in a row (one space between them) and the grade that a name holding them has. The highest counts.
_PHRASES = {
    "password": Grade.CERTAIN,
    "passwd": Grade.CERTAIN,
    "pwd": Grade.CERTAIN,
    "passphrase": Grade.CERTAIN,
    "passcode": Grade.CERTAIN,
    "secret": Grade.CERTAIN,
    "authorization": Grade.CERTAIN,
    "jwt": Grade.CERTAIN,
    "api key": Grade.CERTAIN,
    "apikey": Grade.CERTAIN,
    "access key": Grade.CERTAIN,
    "accesskey": Grade.CERTAIN,
    "private key": Grade.CERTAIN,
    "privatekey": Grade.CERTAIN,
    "secretkey": Grade.CERTAIN,
    "access token": Grade.CERTAIN,
    "refresh token": Grade.CERTAIN,
    "id token": Grade.CERTAIN,
    "auth token": Grade.CERTAIN,
    "bearer token": Grade.CERTAIN,
    "session token": Grade.CERTAIN,
    "csrf token": Grade.CERTAIN,
    "xsrf token": Grade.CERTAIN,
    "token": Grade.LIKELY,
    "session": Grade.LIKELY,
    "sessions": Grade.POSSIBLE,
    "sid": Grade.LIKELY,
    "csrf": Grade.LIKELY,
    "xsrf": Grade.LIKELY,
    "auth": Grade.LIKELY,
    "oauth": Grade.LIKELY,
    "pass": Grade.LIKELY,
    "signature": Grade.LIKELY,
    "sig": Grade.LIKELY,
    "sign": Grade.LIKELY,
    "hmac": Grade.LIKELY,
    "bearer": Grade.LIKELY,
    "credential": Grade.LIKELY,
    "credentials": Grade.LIKELY,
    "cookie": Grade.LIKELY,
    "cookies": Grade.LIKELY,
    "access code": Grade.LIKELY,
    "app key": Grade.LIKELY,
    "appkey": Grade.LIKELY,
    "auth key": Grade.LIKELY,
    "client key": Grade.LIKELY,
    "master key": Grade.LIKELY,
    "service key": Grade.LIKELY,
    "subscription key": Grade.LIKELY,
    "write key": Grade.LIKELY,
    "formkey": Grade.LIKELY,
    "form key": Grade.LIKELY,
    "otp": Grade.LIKELY,
    "totp": Grade.LIKELY,
    "ticket": Grade.POSSIBLE,
    "captcha": Grade.POSSIBLE,
    "recaptcha": Grade.POSSIBLE,
    "turnstile": Grade.POSSIBLE,
    "assertion": Grade.POSSIBLE,
    "samlresponse": Grade.POSSIBLE,
    "saml response": Grade.POSSIBLE,
    "sso": Grade.POSSIBLE,
    "tokens": Grade.POSSIBLE,
    "secrets": Grade.POSSIBLE,
    "api keys": Grade.POSSIBLE,
    "apikeys": Grade.POSSIBLE,
    "key": Grade.POSSIBLE,
}

# Words run together: csrfmiddlewaretoken, accesstoken, JSESSIONID, PHPSESSID, mysecret.
_ENDINGS = (
    ("token", Grade.LIKELY),
    ("sessionid", Grade.LIKELY),
    ("sessid", Grade.LIKELY),
    ("apikey", Grade.CERTAIN),
    ("password", Grade.CERTAIN),
    ("secret", Grade.CERTAIN),
)

# A name that ends so tells something about the token or session, and is not it.
_ABOUT = frozenset(
    re.findall(
        r"\w+",
        """at budget code count created date duration enabled endpoint expiration expires expiry format hint
        in index kind language length limit max method min mode model name number on out position provider
        scheme scope size source status style time timeout title type up uri url usage used version""",
    )
)

# Keys that are known to everybody, or that tell records apart; keys on a keyboard; marks of a language model.
_PLAIN_KEYS = frozenset(
    f"{kind} key"
    for kind in (
        *("cache", "foreign", "idempotency", "object", "partition", "primary", "public", "row", "sort"),
        *("accelerator", "hot", "modifier", "shortcut", "i18n", "l10n", "locale", "translation", "storage"),
    )
) | frozenset(f"{kind} token" for kind in ("bos", "cls", "eos", "eot", "mask", "pad", "sep", "stop", "unk"))

_WORD = re.compile(r"[iI]18[nN]|[lL]10[nN]|[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_CONSTANT = frozenset(
    (
        "true",
        "false",
        "null",
        "none",
        "nil",
        "undefined",
        "yes",
        "no",
        "on",
        "off",
        "auto",
        "default",
        "required",
    )
)
# A path is words, and behind the first of them also ids. Base64 may begin with a slash and hold others, but
# soon it has a digit or a capital among its letters, or padding.
_SEGMENT = r"\.?(?:[a-z]{1,20}|[A-Z][a-z]{1,19}|[A-Z]{1,12}|[a-z]{2,12}(?:[A-Z][a-z]{2,12}){1,4})[0-9]{0,3}"
_PATH_WORD = rf"{_SEGMENT}(?:[-_.~]{_SEGMENT}){{0,9}}+"
_PATH_ID = r"[0-9]{1,20}+(?![^/?\#])|[0-9a-z-]{8,64}+(?![^/?\#])"
_PATH = rf"//?+(?:{_PATH_WORD}(?![^/?\#])(?:/+(?:{_PATH_ID}|{_PATH_WORD}(?![^/?\#])))*+/?+(?:[?\#].*+)?+)?+"
_PLAIN = re.compile(
    rf"""[a-z]{{1,12}} | [A-Z][a-z]{{0,11}} | [A-Z]{{1,8}}  # a word
      | [-+]?[0-9]{{1,7}}(?:\.[0-9]*)?                   # a short number
      | [0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:[T ].*)?        # a date
      | https?://.* | {_PATH}                          # a place; what it holds has names of its own
      | </?[|]?[A-Za-z_]{{1,30}}[|]?> | \[[A-Z_]{{1,30}}\]  # a mark of a language model, as <|end|>
    """,
    re.VERBOSE,
)
_PRINTABLE = re.compile(r"[!-~]+")
_PLAIN_PART = r"(?:[A-Za-z]++[0-9]{0,2}+|[0-9]{1,4}+)"
_SLUG = re.compile(rf"{_PLAIN_PART}(?:[-_.:/+]{_PLAIN_PART})*+")

# Tokens that are known by how they begin: (the beginning, the least length of a whole token).
_BEGINNINGS = (
    ("sk-", 20),
    ("sk_live_", 20),
    ("sk_test_", 20),
    ("rk_live_", 20),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("glpat-", 20),
    ("xoxa-", 15),
    ("xoxb-", 15),
    ("xoxc-", 15),
    ("xoxd-", 15),
    ("xoxe-", 15),
    ("xoxp-", 15),
    ("xoxr-", 15),
    ("xoxs-", 15),
    ("hf_", 20),
    ("gsk_", 20),
    ("xai-", 20),
    ("npm_", 20),
    ("AIza", 30),
    ("AKIA", 20),
    ("ASIA", 20),
    ("ya29.", 20),
)
BEGINNINGS = tuple(beginning for beginning, _ in _BEGINNINGS)

# What only parameters and header fields are called so; a member "code" may be a program.
_CODES = frozenset(("code", "otp", "pat", "passport", "login", "identity", "access"))
# A random text has capitals, small letters and digits, and no bracket, quotation mark or other punctuation.
_RANDOM = re.compile(r"(?=[^0-9]*+[0-9])(?=[^A-Za-z]*+[A-Za-z])[\w.~+/=%-]{16,}+", re.ASCII)
# Google's token against forged requests, in the parameter "at": a key and the time in milliseconds.
_TIMED = re.compile(r"[\w-]{20,200}+(?::|%3A)1[0-9]{12}", re.ASCII | re.IGNORECASE)

_SCHEME = re.compile(r"(bearer|basic|token|digest)[ \t]+(\S.*)", re.IGNORECASE)


@lru_cache(maxsize=2048)
def grade(name: str) -> Grade:
    """What the name of a header field, parameter or member says about its value."""
    if not any(stem in name.lower() for stem in STEMS):
        return Grade.NONE
    words = [word.lower() for word in _WORD.findall(name)]
    phrases = [*words, *map(" ".join, pairwise(words))]
    if not _PLAIN_KEYS.isdisjoint(phrases):
        return Grade.NONE
    found = max((_PHRASES.get(phrase, Grade.NONE) for phrase in phrases), default=Grade.NONE)
    for ending, given in _ENDINGS:
        if given > found and any(word.endswith(ending) for word in words):
            found = given
    return min(found, Grade.POSSIBLE) if words and words[-1] in _ABOUT else found


def is_secret(name: str, value: str) -> bool:
    """Whether the text `value` in a field called `name` is a secret, by its name or by its own shape."""
    if is_token(value):
        return True
    given = grade(name)
    if given is Grade.NONE or not value.strip() or value.lower() in _CONSTANT:
        return False
    if given is Grade.CERTAIN:
        return True
    if given is Grade.LIKELY:
        # A token never holds a space or a letter beyond ASCII: prose under an odd name stays where it is.
        return _PLAIN.fullmatch(value) is None and _PRINTABLE.fullmatch(value) is not None
    return looks_opaque(value)


def is_parameter(name: str, value: str) -> bool:
    """Whether `value` is a secret in a URL's or form's parameter, or a header field, called `name`.

    These are no prose and no program, so shorter names are believed, where the value is random.
    """
    if is_secret(name, value):
        return True
    if name == "at":
        return _TIMED.fullmatch(value) is not None
    last = name.rpartition("-")[2].rpartition("_")[2].lower()
    return last in _CODES and looks_opaque(value) and _RANDOM.fullmatch(value) is not None


def is_token(value: str) -> bool:
    """Whether the whole of `value` is a token by its shape: a JWT, a known beginning, Bearer or Basic."""
    if value.startswith(BEGINNINGS):
        return _PRINTABLE.fullmatch(value) is not None and any(
            value.startswith(beginning) and len(value) >= least for beginning, least in _BEGINNINGS
        )
    if is_jwt(value):
        return True
    scheme = _SCHEME.fullmatch(value)
    return scheme is not None and " " not in scheme[2] and (is_token(scheme[2]) or looks_opaque(scheme[2]))


def looks_opaque(value: str) -> bool:
    """Whether `value` is long and random, as keys are: no words joined by hyphens, no place, no date."""
    return (
        len(value) >= 16
        and _PRINTABLE.fullmatch(value) is not None
        and _PLAIN.fullmatch(value) is None
        and _SLUG.fullmatch(value) is None
    )
