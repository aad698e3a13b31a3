"""Whether the model that is asked can see pictures and read PDFs."""

from __future__ import annotations

from providers import Document, Image, Message, Prompt
from proxy.call import Connection
from thinkback.attachments.telling import Senses
from thinkback.connections import lookup


async def senses_of(user_id: int, connection: Connection, model: str) -> Senses:
    """What format, service and model take, as far as anybody knows; what nobody knows is tried."""
    probe = Prompt(model, (Message("user", (Image(b"x"), Document(b"x"))),))
    lacking = connection.lacks(probe)
    choices = await lookup.remembered(user_id)
    known = [entry for one in choices if one.slug == connection.slug for entry in one.models if entry.id == model]
    blind = any(entry.images is False for entry in known)
    return Senses(sees="images" not in lacking and not blind, reads_pdf="documents" not in lacking and not blind)
