"""`python -m deepforge` is the command `deepforge`."""

import sys

from deepforge.cli import main

if __name__ == "__main__":
    sys.exit(main())
