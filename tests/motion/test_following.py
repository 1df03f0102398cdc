"""When a network is asked again: at the beginning of a shot, and where tracks leave doubt."""

from dataclasses import replace

import numpy as np
import pytest

from gfn_core.motion.following import MOST_VAIN_LOOKS, followed
from gfn_core.motion.frame_pair import TracksSettings
from gfn_core.motion.guide import Guide
from gfn_core.motion.similarity import Similarity
from tests.gray_frames import gray_frame
from tests.motion.moved_pictures import GEOMETRY, error_px, moved, smeared, texture

EVERYWHERE = np.ones((18, 32))
STEP = Similarity.from_parameters(0.004, -0.003, 0.0, 0.0).matrix
JOLT = Similarity.from_parameters(0.12, 0.03, 0.0, 0.0).matrix
ROUGHLY = JOLT @ STEP  # what a network makes of the jolt


class Network:
    """Gives the same guide whenever it is asked, and counts."""

    def __init__(self, motion=STEP):
        self.guide, self.asked = Guide(motion, EVERYWHERE, confidence=0.5), 0

    def look(self, first, second):
        assert first.shape == second.shape == (360, 640)
        self.asked += 1
        return self.guide


def motions(pictures, network, guided=(1,), trust=1.0):
    """Follow `pictures`; those at `guided` come with a guide."""
    frames = [
        (gray_frame(index, np.clip(np.rint(picture), 0, 255).astype(np.uint8)), None)
        for index, picture in enumerate(pictures)
    ]
    for index in guided:
        guide = Guide(STEP, EVERYWHERE, confidence=0.5, trust=trust)
        frames[index] = (frames[index][0], guide)
    look = network.look if network else None
    return list(followed(frames, GEOMETRY, TracksSettings(), look))


def steps(seed, count):
    return [moved(texture(seed), np.linalg.matrix_power(STEP, number)) for number in range(count)]


def test_a_sure_motion_asks_nobody():
    network = Network()
    found = motions(steps(1, 5), network)
    assert network.asked == 0
    assert max(error_px(motion.homography, STEP) for motion in found[1:]) < 0.1


def test_the_first_pair_of_a_shot_is_looked_at_however_late_it_begins():
    network = Network()
    found = motions([*steps(1, 3), *steps(2, 3)], network)
    assert [motion.shot_start for motion in found] == [True, False, False, True, False, False]
    assert network.asked == 2  # at the cut itself, which an older guide alone may not declare


@pytest.mark.parametrize("network", [Network(ROUGHLY), None])
def test_in_doubt_a_network_looks_at_that_very_pair(network):
    before, first = moved(texture(1), np.linalg.inv(STEP)), texture(1)
    found = motions([before, first, smeared(moved(first, JOLT))], network)[-1]
    if network:
        assert network.asked == 1
        assert error_px(found.homography, JOLT) < 1.0
        assert found.confidence > 0.5
    else:  # else the scene would show nothing
        assert found.confidence < 0.5


def test_a_motion_is_never_taken_from_the_guide_of_an_earlier_pair():
    plain = np.full((360, 640), 90.0)
    found = motions([texture(1), plain, plain, plain + 2], None, guided=(1, 2))
    assert found[2].confidence > 0  # its own guide's guess
    np.testing.assert_array_equal(found[3].homography, np.eye(3))
    assert found[3].confidence == 0


def test_after_some_looks_in_vain_the_network_is_left_alone_until_a_motion_is_sure():
    levels = [90, 92, 94, 96, 98, 100]
    plain = [np.full((360, 640), float(level)) for level in levels]
    network = Network()
    motions([texture(1), *plain], network, guided=(5,))
    assert network.asked == MOST_VAIN_LOOKS < len(plain) - 1
    network = Network()
    motions([texture(1), *plain, texture(1), texture(1), plain[0]], network, guided=())
    assert network.asked == MOST_VAIN_LOOKS + 1  # for a repeated frame is surely at rest


@pytest.mark.parametrize("network", [None, Network(ROUGHLY)])
def test_the_last_look_s_doubt_lowers_the_confidence_and_leaves_the_motion(network):
    """Tracks that agree may be those of one object that fills the frame."""
    before, first = moved(texture(1), np.linalg.inv(STEP)), texture(1)
    pictures = [before, first, smeared(moved(first, JOLT)) if network else moved(first, STEP)]
    sure = motions(pictures, network)[-1]
    if network:
        network.guide = replace(network.guide, trust=0.2)
        doubted = motions(pictures, network)[-1]
    else:
        doubted = motions(pictures, None, trust=0.2)[-1]
    assert np.array_equal(sure.homography, doubted.homography)
    assert doubted.confidence == pytest.approx(0.2 * sure.confidence)
