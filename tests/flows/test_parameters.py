"""Parameters of deployments: the schema that Prefect's server checks says what the settings say."""

from datetime import datetime

import pytest
from pydantic import ValidationError

from flows.locations import url_of
from flows.parameters import (
    Clips,
    Look,
    NewLook,
    Parameters,
    Place,
    Training,
    Work,
    archive_request,
    resmooth_request,
)
from gfn_core.errors import SettingsError
from gfn_core.media.encoding import ALIASES, CODECS, Encoding
from gfn_core.smoothing.settings import StageOneSettings

MISTAKES = [
    (Place, {"sources": ["/in"]}),
    (Place, {"sources": [], "out": "/out"}),
    (Place, {"sources": ["in"], "out": "/out"}),
    (Place, {"sources": ["/in"], "out": "out"}),
    (Look, {"crop": 1.5}),
    (Look, {"crop": "wide"}),
    (Look, {"style": "wobbly"}),
    (Look, {"codec": "h266"}),
    (Look, {"quality": 60}),  # no schema knows that libx264 ends at 51
    (Look, {"preset": "medium; rm"}),
    (Look, {"crap": 0.9}),
    (Work, {"slots": -1}),
    (Work, {"deadline": "25:00"}),
    (Work, {"order": "random"}),
    (Work, {"device": "tpu"}),
    (NewLook, {"crop": 0.1}),
    (Training, {"steps": 0}),
    (Training, {"minutes": 0}),
    (Clips, {"which": "*"}),
]


@pytest.mark.parametrize(("group", "values"), MISTAKES)
def test_a_mistake_is_refused(group: type[Parameters], values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        group.model_validate(values)


@pytest.mark.parametrize("crop", [0.29, 0.3, 0.9, 1.0, 1.01])
def test_the_crop_has_the_range_of_the_settings(crop: float) -> None:
    assert is_taken(Look, crop=crop) == is_setting(StageOneSettings, crop=crop)


@pytest.mark.parametrize("codec", [*CODECS, *ALIASES, "h266", ""])
def test_the_codecs_are_those_of_the_encoder(codec: str) -> None:
    preset = "" if codec == "" else "medium"
    assert is_taken(Look, codec=codec) == is_setting(Encoding, codec=codec, preset=preset or "x")


def is_taken(group: type[Parameters], **values: object) -> bool:
    try:
        group.model_validate(values)
    except ValidationError:
        return False
    return True


def is_setting(kind: type, **values: object) -> bool:
    try:
        kind(**values)
    except SettingsError:
        return False
    return True


def test_what_is_given_arrives() -> None:
    request = archive_request(
        Place(sources=("/in", "/more"), out="/out"),
        Look(crop=0.8, codec="x265", quality=20),
        Work(slots=3, order="newest", deadline="06:00", retry=True, gpu_limit="gpu"),
    )
    assert [str(source) for source in request.sources] == ["/in", "/more"]
    assert request.settings.smoothing.crop == 0.8
    assert (request.settings.encoding.codec, request.settings.encoding.quality) == ("x265", 20)
    assert (request.run.slots, request.run.retry, request.run.gpu_limit) == (3, True, "gpu")
    assert request.run.until is not None
    assert 0 < request.run.until - datetime.now().timestamp() <= 86_400


def test_a_bucket_is_a_place() -> None:
    place = Place(sources=("s3://videos/2026",), out="s3://steady")
    request = archive_request(place, Look(), Work())
    assert url_of(request.out) == "s3://steady"
    assert [url_of(source) for source in request.sources] == ["s3://videos/2026"]


def test_a_new_look_changes_what_it_names() -> None:
    request = resmooth_request("/out", NewLook(crop=0.7), Clips(only="holiday/*"), Work())
    assert (request.changes.crop, request.changes.codec) == (0.7, None)
    assert request.selection.only == "holiday/*"
