"""Pictures that change while an operation runs (`deepforge.Image`)."""

from os import PathLike
from pathlib import Path

from deepforge.feedback.channel import CHANNEL
from deepforge.feedback.picture import draw
from deepforge.feedback.spool import Kind

__all__ = ["Image"]


class Image:
    """A picture with a title, shown live in the job's view. Without a tensor nothing is drawn until `update`.

    Tensors are `(height, width)`, `(channels, height, width)` or `(batch, channels, height, width)`, drawn as a grid; uint8,
    or floats from 0 to 1. Raises `TypeError` or `ValueError` for others.
    """

    def __init__(self, title: str, tensor: object = None) -> None:
        drawn = None if tensor is None else draw(tensor)
        self.png = b""
        """The picture so far, as PNG; empty until one is drawn."""
        self._title = str(title)
        self._id = CHANNEL.new_id()
        self._tell({"title": self._title[:200]}, drawn)

    def title(self, title: str) -> None:
        """Rename it."""
        self._title = str(title)
        self._tell({"title": self._title[:200]}, None)

    def update(self, tensor: object) -> None:
        """Replace the picture."""
        self._tell({}, draw(tensor))

    def save(self, path: str | PathLike[str]) -> None:
        """Write the picture to a file, as PNG. Raises `ValueError` when nothing was drawn yet."""
        if not self.png:
            raise ValueError(f"saving {self._title} failed: nothing was drawn yet")
        Path(path).write_bytes(self.png)

    def _tell(self, fields: dict[str, object], drawn: tuple[bytes, int, int] | None) -> None:
        fields["image"] = self._id
        if drawn is not None:
            self.png, fields["width"], fields["height"] = drawn
        if CHANNEL.spool is not None:
            CHANNEL.spool.record(Kind.IMAGE, fields, self.png if drawn is not None else b"")
