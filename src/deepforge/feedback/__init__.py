"""What running code reports while it runs: graphs, images, progress.

An operation stays a plain function: under a runner all of this goes to the spool of the attempt, and from there to the job's
view; anywhere else graphs and images keep their values in memory and progress prints a line. Standard library only: numpy
and torch values are taken by what they can do, never by their type.
"""

from deepforge.feedback.graph import Graph, Line
from deepforge.feedback.image import Image
from deepforge.feedback.loop import progress

__all__ = ["Graph", "Image", "Line", "progress"]
