"""What authors of operations import: the types that operations pass to each other, and how parameters are annotated.

    from deepforge import Architecture, Dataset, Model

A value is plain Python and torch wherever it can be: a `Number` arrives as a float, a `Model` as an `nn.Module`.
"""

from deepforge.library.annotations import Architecture, Criterion, Optimizer, Range
from deepforge.library.data import Data
from deepforge.library.dataset import Dataset
from deepforge.library.model import Model
from deepforge.library.plain import File, Json, Number, Text
from deepforge.library.tensor import Tensor

__all__ = [
    "Architecture",
    "Criterion",
    "Data",
    "Dataset",
    "File",
    "Json",
    "Model",
    "Number",
    "Optimizer",
    "Range",
    "Tensor",
    "Text",
]
