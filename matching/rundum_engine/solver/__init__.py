"""The solver: everything that needs numba and HiGHS. Importing it says where kernels are kept."""

import numba

from rundum_engine.solver.kernels import folder

numba.config.CACHE_DIR = str(folder())  # type: ignore[attr-defined]
