"""Global-motion video stabilization: the science, the media edge and the store.

Knows nothing of Prefect or of a command line; `tasks` and `flows` build on it.
"""

__version__ = "0.1.0"
