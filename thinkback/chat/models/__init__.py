"""What a chat leaves: conversations, their messages and pictures, the order among them, what waits to be sent."""

from __future__ import annotations

from thinkback.chat.models.conversation import Conversation
from thinkback.chat.models.message import Message, Picture
from thinkback.chat.models.order import Folder, Tag
from thinkback.chat.models.preferences import Preferences
from thinkback.chat.models.waiting import Draft, Queued

__all__ = ["Conversation", "Draft", "Folder", "Message", "Picture", "Preferences", "Queued", "Tag"]
