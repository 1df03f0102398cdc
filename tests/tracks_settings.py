"""Settings for tests in which the estimator does not matter: the one that loads quickest."""

from gfn_core.motion.estimator_name import EstimatorName
from gfn_core.settings import MotionSettings, StabilizeSettings

BY_TRACKS = MotionSettings(estimator=EstimatorName.TRACKS)
TRACKS = StabilizeSettings(motion=BY_TRACKS)
