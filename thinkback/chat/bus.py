"""From the answers being made to the pages that show them, inside this process."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from uuid import UUID

from thinkback.chat.frames import FromServer, encode

ROOM = 256  # frames that may wait for one page
Topic = tuple[str, UUID | int]


def of_conversation(id: UUID) -> Topic:
    """What happens in one conversation."""
    return ("conversation", id)


def of_user(id: int) -> Topic:
    """What happens to the list of one user's conversations."""
    return ("user", id)


class Subscriber:
    """One page. When it does not keep up, what waits is dropped and `lost` says that it needs the whole state again."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._waiting: deque[str] = deque()
        self._some = asyncio.Event()
        self.lost = False
        self.ended = False

    def offer(self, text: str) -> None:
        """Put an encoded frame into the line. Never waits."""
        if self.lost or self.ended:
            return
        if len(self._waiting) >= self._room:
            self._waiting.clear()
            self.lost = True
        else:
            self._waiting.append(text)
        self._some.set()

    def end(self) -> None:
        """Nothing more is coming: after what waits, `take` has only None."""
        self.ended = True
        self._some.set()

    async def take(self) -> str | None:
        """The next frame; None when frames were lost, and from then on new ones are kept again."""
        while not (self._waiting or self.lost or self.ended):
            self._some.clear()
            await self._some.wait()
        if self._waiting:
            return self._waiting.popleft()
        self.lost = False
        return None


class Bus:
    """Who follows what. Belongs to the event loop: none of this is called from a thread."""

    def __init__(self) -> None:
        self._followers: defaultdict[Topic, set[Subscriber]] = defaultdict(set)

    def follow(self, topic: Topic, subscriber: Subscriber) -> None:
        """From now on."""
        self._followers[topic].add(subscriber)

    def leave(self, topic: Topic, subscriber: Subscriber) -> None:
        """No longer."""
        followers = self._followers.get(topic)
        if followers is not None:
            followers.discard(subscriber)
            if not followers:
                del self._followers[topic]

    def is_followed(self, topic: Topic) -> bool:
        """Whether anybody would see what is published."""
        return topic in self._followers

    def publish(self, topic: Topic, frame: FromServer) -> None:
        """Offer a frame to all who follow, encoded once."""
        followers = self._followers.get(topic)
        if followers:
            text = encode(frame)
            for subscriber in tuple(followers):
                subscriber.offer(text)


BUS = Bus()
