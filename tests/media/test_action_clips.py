import pytest

from gfn_core.errors import SettingsError, SourceError
from gfn_core.media.action_clips import ActionClip, action_clips

NCAA_HEADER = "YoutubeId,VideoWidth,EventStartTime,EventEndTime,EventLabel,TrainValOrTest"


def test_ucf_101(tmp_path):
    lists = tmp_path / "ucfTrainTestlist"
    lists.mkdir()
    (tmp_path / "UCF-101").mkdir()
    (lists / "trainlist01.txt").write_text("Diving/v_Diving_g08_c01.avi 26\n")
    (lists / "testlist01.txt").write_text("Surfing/v_Surfing_g01_c02.avi\r\n\r\n")
    assert action_clips(tmp_path) == [
        ActionClip(tmp_path / "UCF-101/Diving/v_Diving_g08_c01.avi", "Diving", is_test=False),
        ActionClip(tmp_path / "UCF-101/Surfing/v_Surfing_g01_c02.avi", "Surfing", is_test=True),
    ]


def test_ncaa(tmp_path):
    (tmp_path / "videos").mkdir()
    video = tmp_path / "videos" / "abc.mp4"
    video.touch()
    rows = ["abc,490,2000000,6500000,steal success,train", "gone,490,0,1,layup,test"]
    (tmp_path / "events.csv").write_text("\n".join([NCAA_HEADER, *rows]))
    assert action_clips(tmp_path) == [ActionClip(video, "steal success", False, 2.0, 6.5)]


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(SettingsError, match="neither"):
        action_clips(tmp_path)
    (tmp_path / "events.csv").write_text("YoutubeId,EventLabel\n")
    with pytest.raises(SourceError, match="no column eventstarttime"):
        action_clips(tmp_path)
    (tmp_path / "ucfTrainTestlist").mkdir()
    with pytest.raises(SettingsError, match=r"trainlist01\.txt: is not there"):
        action_clips(tmp_path)
