"""Compile the kernels ahead of everything else: python -m rundum_engine.solver"""

import sys

from rundum_engine.solver.kernels import make_ready

if __name__ == "__main__":
    make_ready(lambda line: print(line, file=sys.stderr))
