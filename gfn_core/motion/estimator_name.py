"""The estimators that there are, by name; apart from them, so that naming one loads none."""

from enum import StrEnum


class EstimatorName(StrEnum):
    """What users and keys call an estimator."""

    GLOBALFLOWNET = "globalflownet"
    GLOCAL = "glocal"
    TRACKS = "tracks"

    @property
    def has_weights(self) -> bool:
        """Whether it is a network."""
        return self is not EstimatorName.TRACKS


DEFAULT_ESTIMATOR = EstimatorName.GLOBALFLOWNET
