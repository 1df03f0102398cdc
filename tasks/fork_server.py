"""For the process that forks children, stages and sweeps alike, which imports this before all else.

It leaves Ctrl-C to us, which else would interrupt its imports. It dies with us: left to itself it
waits for the last of its children, and so outlives a killed run by as long as a stage takes, or
hangs. Its children work side by side, so numpy's BLAS keeps to one thread in each: more would spin
while they wait for a core (docs/decisions/0063).
"""

import os
import signal

from gfn_core.media.parent_death import die_with_parent

signal.signal(signal.SIGINT, signal.SIG_IGN)
die_with_parent()
os.environ |= {"OPENBLAS_NUM_THREADS": "1"}  # read when numpy and scipy are loaded, which is later
