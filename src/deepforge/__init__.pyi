"""What `import deepforge` offers, for type checkers and editors; at run time the names load on first use."""

from deepforge.feedback import Graph as Graph
from deepforge.feedback import Image as Image
from deepforge.feedback import Line as Line
from deepforge.feedback import progress as progress
from deepforge.library import Architecture as Architecture
from deepforge.library import Criterion as Criterion
from deepforge.library import Data as Data
from deepforge.library import Dataset as Dataset
from deepforge.library import File as File
from deepforge.library import Json as Json
from deepforge.library import Model as Model
from deepforge.library import Number as Number
from deepforge.library import Optimizer as Optimizer
from deepforge.library import Range as Range
from deepforge.library import Tensor as Tensor
from deepforge.library import Text as Text

__version__: str
