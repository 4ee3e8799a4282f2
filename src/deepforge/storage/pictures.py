"""Pictures in reports: their bytes become blobs before the report itself is stored."""

import base64
import binascii
from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from msgspec.structs import replace

from deepforge.errors import Invalid
from deepforge.ids import BlobHash
from deepforge.model.artifact import BlobInfo
from deepforge.model.feedback import FeedbackRecord, ImageChanged
from deepforge.model.hosting import AttemptEvent, FeedbackWritten

__all__ = ["PictureStore", "chunks_of", "store_pictures"]


class PictureStore(Protocol):
    """Where the bytes of pictures go: a blob store."""

    async def put(
        self, chunks: AsyncIterator[bytes], *, expected: BlobHash | None = None, limit: int | None = None
    ) -> BlobInfo: ...


async def chunks_of(data: bytes) -> AsyncIterator[bytes]:
    """Bytes as a stream of one chunk."""
    yield data


async def store_pictures(events: Sequence[AttemptEvent], blobs: PictureStore) -> tuple[AttemptEvent, ...]:
    """The events with the hash of each picture in place of its bytes. Raises `Invalid` when a picture is not base64."""
    return tuple([await _event(event, blobs) if isinstance(event, FeedbackWritten) else event for event in events])


async def _event(event: FeedbackWritten, blobs: PictureStore) -> FeedbackWritten:
    if not any(isinstance(record, ImageChanged) and record.png is not None for record in event.records):
        return event
    return FeedbackWritten(records=tuple([await _record(record, blobs) for record in event.records]))


async def _record(record: FeedbackRecord, blobs: PictureStore) -> FeedbackRecord:
    if not isinstance(record, ImageChanged) or record.png is None:
        return record
    try:
        data = base64.b64decode(record.png, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("A picture is not valid base64.", code="bad-picture") from None
    info = await blobs.put(chunks_of(data))
    return replace(record, png=None, blob=info.hash)
