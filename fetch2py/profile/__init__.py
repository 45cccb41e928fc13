"""A profile: a captured request, where in it the message stands, and how its answer is read.

`document` holds its file's format. Must not know disk or the network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fetch2py import credentials, message
from fetch2py.envelope import Envelope, fits, joined, split
from fetch2py.errors import SlotError
from fetch2py.profile import document, templates
from fetch2py.request import Headers, Request

__all__ = ["Profile"]

# The secret that the whole of a compressed body is, where there are secrets in it.
_PACKED = "body"


@dataclass(frozen=True, slots=True, repr=False)
class Profile:
    """One request to replay.

    `request` holds placeholders where its secrets stood, `secrets` the values by their names. `slot` is
    the message's place ("json:/messages/0/content"), None where it isn't known; `also` are further places
    with the same text. `dialect` reads the answer: a name, a mapping of rules, or None to find out.
    `enveloped`: the body in `request` is the JSON of one Connect envelope, whose first five bytes are made
    when it is sent, since its length is known only then. `template`, "" for none, is the slot's whole text
    with {html} or {text} in the message's place. `new_ids` are places that get a fresh UUID with each new
    message. `user_agent` goes out where the request has none of its own; it isn't part of the profile's file.
    """

    request: Request
    secrets: Mapping[str, str] = field(default_factory=dict)
    slot: str | None = None
    also: tuple[str, ...] = ()
    dialect: str | Mapping[str, Any] | None = None
    enveloped: bool = False
    template: str = ""
    new_ids: tuple[str, ...] = ()
    user_agent: str = ""
    # The request as it goes on the wire, once it was asked for: a server fills one profile again and again.
    _sent: list[Request] = field(default_factory=list, init=False, compare=False)

    def __repr__(self) -> str:
        return f"<Profile of {self.request!r}, slot {self.slot}>"

    @classmethod
    def from_snippet(
        cls, text: str, sent: str | None = None, *, pick: int | None = None, slot: str | None = None
    ) -> Profile:
        """The profile of a pasted request.

        `sent` is what the person typed into the page: it tells the slot in nearly every request. `pick`
        chooses among several requests, counted from 1. `slot` names the place by hand. Where it is neither
        named nor sure, the profile has none.

        Raises SnippetError and its kinds, and SlotError where `sent` or `slot` is nowhere in the request.
        """
        from fetch2py.importers import parse, picked

        request = picked(parse(text), pick)
        finding = message.find(request, sent)
        if slot is not None and slot != finding.slot:
            message.held(request, slot)
            return cls.from_request(request, slot=slot)
        if sent is not None and finding.slot is None:
            raise SlotError(
                finding.reason, hint="Copy the request that carried the message, or leave `sent` out."
            )
        if not finding.sure and slot is None:
            return cls.from_request(request)
        return cls.from_request(
            request,
            slot=finding.slot,
            also=finding.also,
            template=finding.template,
            new_ids=finding.new_ids,
        )

    @classmethod
    def from_request(
        cls,
        request: Request,
        *,
        slot: str | None = None,
        also: tuple[str, ...] = (),
        dialect: str | Mapping[str, Any] | None = None,
        template: str = "",
        new_ids: tuple[str, ...] = (),
    ) -> Profile:
        """The profile of a request, its secrets lifted out."""
        payload = _single_envelope(request)
        lift = credentials.lift(request if payload is None else replace(request, body=payload))
        bare = cls(lift.request, lift.secrets, dialect=dialect, enveloped=payload is not None)
        if _hides_secrets(request):
            packed = (request.body or b"").decode("utf-8", "surrogateescape")
            bare = replace(
                bare,
                request=replace(bare.request, body=f"${{secret:{_PACKED}}}".encode()),
                secrets={**bare.secrets, _PACKED: packed},
            )
        return bare.with_slot(slot, also, template, new_ids)

    def with_slot(
        self,
        slot: str | None,
        also: tuple[str, ...] = (),
        template: str = "",
        new_ids: tuple[str, ...] = (),
    ) -> Profile:
        """The same request with another place for its message; the secrets of `template` are lifted out."""
        bare, more = templates.lifted(template, self.secrets)
        secrets = {**self.secrets, **more}
        return replace(self, slot=slot, also=also, template=bare, new_ids=new_ids, secrets=secrets)

    def captured(self) -> Request:
        """The request as it was captured, secrets in place. Raises CredentialMissing."""
        request = credentials.restore(self.request, self.secrets)
        return (
            replace(request, body=joined((Envelope(0, request.body or b""),))) if self.enveloped else request
        )

    def fill(self, text: str | None = None) -> Request:
        """The request, complete, exactly as it goes on the wire; with `text` None as it was captured.

        Raises SlotError where there is no place for the text, CredentialMissing where a secret is gone.
        """
        request = self._as_sent()
        if text is not None:
            if self.slot is None:
                raise SlotError(
                    f"This profile has no slot for a message. {message.find(request).reason}",
                    hint="Import it again and say what you typed (--sent), or name the slot (--slot).",
                )
            template = templates.restored(self.template, self.secrets)
            request = message.fill(request, self.slot, self.also, text, template)
            request = message.renew(request, self.new_ids)
        return request

    def _as_sent(self) -> Request:
        # What is added and left out depends on no text that a slot can hold.
        if not self._sent:
            from fetch2py.fetch_standard import as_sent

            self._sent.append(as_sent(self.captured(), self.user_agent))
        return self._sent[0]

    def document(self) -> str:
        """The profile's file: TOML, without secrets."""
        return document.write(
            document.Fields(
                self.request,
                self.slot,
                self.also,
                self.dialect,
                self.enveloped,
                self.template,
                self.new_ids,
            )
        )

    @classmethod
    def from_document(cls, text: str, secrets: Mapping[str, str]) -> Profile:
        """The profile that a file holds. Raises ProfileInvalid, with the line or the key that is wrong."""
        fields = document.read(text)
        return cls(fields.request, dict(secrets), *fields[1:])


def _hides_secrets(request: Request) -> bool:
    """Whether the body is compressed, and holds secrets that can be seen only when it is unpacked."""
    if not request.body or not request.headers.has("content-encoding"):
        return False
    from fetch2py.message.coding import unpacked

    try:
        plain = unpacked(request)
    except SlotError:
        # Too large to be looked into, so nothing is known of it.
        return True
    typed = Headers(pair for pair in plain.headers if pair[0].lower() == "content-type")
    bare = replace(plain, headers=typed, url="", referrer="")
    return plain.body != request.body and bool(credentials.lift(bare).secrets)


def _single_envelope(request: Request) -> bytes | None:
    """The payload of a Connect body that is one plain envelope, else None."""
    body = request.body or b""
    if not request.headers.get("content-type").lower().startswith("application/connect+json"):
        return None
    envelopes = split(body) if fits(body) else ()
    return envelopes[0].payload if len(envelopes) == 1 and envelopes[0].flags == 0 else None
