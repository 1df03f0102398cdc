import pytest

from gfn_core.errors import SettingsError
from gfn_core.motion.estimator_name import EstimatorName
from gfn_core.precision import Precision
from gfn_core.settings import MotionSettings
from gfn_core.store.keys import plain


@pytest.mark.parametrize("size", [159, 3841])
def test_analysis_at_an_absurd_size_is_refused(size):
    with pytest.raises(SettingsError, match="longest_px"):
        MotionSettings(longest_px=size)


def test_tracks_have_neither_weights_nor_precision(tmp_path):
    with pytest.raises(SettingsError, match="no weights to choose"):
        MotionSettings(EstimatorName.TRACKS, weights=tmp_path)
    with pytest.raises(SettingsError, match="no precision to choose"):
        MotionSettings(EstimatorName.TRACKS, precision=Precision.BFLOAT16)


def test_precision_is_part_of_what_keys_are_made_of():
    exact, rough = (plain(MotionSettings(precision=each)) for each in Precision)
    assert exact != rough
