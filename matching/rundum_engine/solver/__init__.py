"""From a snapshot to the assignments: what may import numpy and the solver."""
