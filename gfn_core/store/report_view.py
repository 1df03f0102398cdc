"""SQL of two views over an archive: `report`, figures a clip, and `summary`, all known a clip.

They are computed when asked for, from the views `motion`, `trajectory` and `clips`. Lengths are px
of a frame 1920 px wide; accelerations, of the frame's centre, are a frame squared.
"""

REPORT_VIEW = """
create macro hypot(x, y) as sqrt(x * x + y * y);
create view report as
with steps as (
    select
        m.video, m.frame_index, m.pts_seconds, m.shot_start, m.confidence, m.background_share,
        m.residual, m.sharpness, m.translation_x, m.translation_y,
        hypot(t.correction_translation_x, t.correction_translation_y) as correction,
        abs(t.correction_rotation_rad) as turn,
        exp(t.correction_log_scale) as zoom
    from motion m left join trajectory t using (video, frame_index)
),
frames as (
    select
        *,
        not shot_start and not lag(shot_start, 1, true) over w as is_inside,
        hypot(translation_x - lag(translation_x) over w, translation_y - lag(translation_y) over w)
            as acceleration
    from steps
    window w as (partition by video order by frame_index)
)
select
    video,
    count(*) as frames,
    max(pts_seconds) - min(pts_seconds) as seconds,
    count(*) filter (shot_start) as shots,
    avg(confidence) as confidence,
    min(confidence) as least_confidence,
    avg((confidence < 0.5)::int) as doubtful_share,
    avg(background_share) as background_share,
    960 * avg(residual) as residual_px,
    avg(sharpness) as sharpness,
    960 * avg(acceleration) filter (is_inside) as acceleration_px,
    960 * max(correction) as largest_correction_px,
    degrees(max(turn)) as largest_turn_degrees,
    any_value(clips.window_share) * min(zoom) as least_shown,
    1 - avg((clips.window_share * zoom) ** 2) as lost_view
from frames left join clips using (video)
group by video
"""

SUMMARY_VIEW = "create view summary as select * from clips left join report using (video)"
