"""For the process that forks the stages' children, which alone imports this: it dies with us.

Left to itself it waits for the last of its children, and so outlives a killed run by as long as a
stage takes, or hangs.
"""

from gfn_core.media.parent_death import die_with_parent

die_with_parent()
