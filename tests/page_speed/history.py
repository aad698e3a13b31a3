"""A conversation as long as a year makes it, written straight into the database of a server's data folder."""

from __future__ import annotations

from uuid import UUID

from tests.live import LiveServer

# Runs in the server's own environment, since only there the models can be imported.
_SCRIPT = """
import uuid
from datetime import timedelta
from django.utils import timezone
from thinkback.accounts.models import User
from thinkback.chat.models import Conversation, Message
question = "And what if the list holds {n} things, some of them twice? Please show it again, with a test."
answer = '''Then each of the **{n}** is looked at once, so the whole stays *linear*:

1. sort by the start,
2. go through the list,
3. join what overlaps: $a_i < b_(i-1)$.

```python
def merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found  # {n}
```

| size | time |
|---|---:|
| {n} | 1.5 ms |
'''
alice = User.objects.get(username="alice")
now = timezone.now()
chat = Conversation.objects.create(user=alice, title="A long one", slug="SLUG", model="MODEL")
parent, rows = None, []
for n in range(COUNT):
    ours = n % 2 == 0
    row = Message(id=uuid.UUID(int=now.microsecond << 64 | n), conversation=chat, parent_id=parent,
        role="user" if ours else "assistant", text=(question if ours else answer).replace("{n}", str(n)),
        slug="" if ours else "SLUG", model="" if ours else "MODEL", created_at=now - timedelta(minutes=COUNT - n))
    parent = row.id
    rows.append(row)
Message.objects.bulk_create(rows, batch_size=500)
chat.leaf_id = parent
chat.save()
print(chat.id)
"""


def long_chat(server: LiveServer, slug: str, model: str, messages: int) -> UUID:
    """Write a conversation of so many messages of Alice's; its id."""
    script = _SCRIPT.replace("COUNT", str(messages)).replace("SLUG", slug).replace("MODEL", model)
    return UUID(server.command("shell", "--verbosity", "0", "-c", script).strip().splitlines()[-1])
