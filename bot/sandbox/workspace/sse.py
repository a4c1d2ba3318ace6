"""Server-sent events: one queue per open stream, and a word to start over for a reader that fell behind."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.sandbox.workspace.errors import Json

QUEUE_SIZE = 500


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it stands in a stream."""

    seq: int
    kind: str
    data: Json

    def encode(self) -> bytes:
        """The bytes of `text/event-stream`."""
        body = json.dumps({"seq": self.seq, **self.data})
        return f"id: {self.seq}\nevent: {self.kind}\ndata: {body}\n\n".encode()


@dataclass(eq=False, slots=True)
class Stream:
    """One open stream of one person."""

    user: str
    queue: asyncio.Queue[Event | None] = field(default_factory=lambda: asyncio.Queue(QUEUE_SIZE))


@dataclass(slots=True)
class Broker:
    """Hands events to the open streams of people."""

    seq: int = 0
    streams: set[Stream] = field(default_factory=set)

    def publish(self, users: Iterable[str] | None, kind: str, data: Json) -> None:
        """To the streams of these people; None means everybody."""
        wanted = None if users is None else set(users)
        self.seq += 1
        event = Event(self.seq, kind, data)
        for stream in self.streams:
            if wanted is None or stream.user in wanted:
                self._offer(stream, event)

    def listening(self, user: str) -> bool:
        """Whether somebody looks through this person's eyes right now."""
        return any(stream.user == user for stream in self.streams)

    def _offer(self, stream: Stream, event: Event) -> None:
        if stream.queue.full():
            # Too slow: forget what waited, the reader reads everything again on `hello`.
            while not stream.queue.empty():
                stream.queue.get_nowait()
            event = Event(event.seq, "hello", {"connected": True, "missed": True})
        stream.queue.put_nowait(event)

    @asynccontextmanager
    async def open(self, user: str) -> AsyncIterator[Stream]:
        """A stream that is registered while the block runs."""
        stream = Stream(user)
        self.streams.add(stream)
        try:
            yield stream
        finally:
            self.streams.discard(stream)

    def close(self) -> None:
        """End all streams (the server stops)."""
        for stream in self.streams:
            while stream.queue.full():
                stream.queue.get_nowait()
            stream.queue.put_nowait(None)
