"""On PostgreSQL the lines of a batch are written by one statement: four questions to the server fewer for each batch.

It is planned once for each connection, and looks into the indexes, also where the tables still seem to be empty then.
"""

from django.db import migrations

MAKE = """
CREATE FUNCTION interactions_write(
    lanes bigint[], versions bigint[], counts bigint[], keeps bool[], unanswered timestamptz[], quiets timestamptz[],
    places bigint[], steps bigint[], parties uuid[], ids uuid[], texts text[], times timestamptz[],
    agents uuid[], wait bool
) RETURNS TABLE (lane bigint, head bigint, agent uuid)
LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE taken bigint[];
BEGIN
    IF wait THEN
        taken := ARRAY(SELECT id FROM interactions_lane WHERE id = ANY (lanes) ORDER BY id FOR NO KEY UPDATE);
    ELSE
        taken := ARRAY(
            SELECT id FROM interactions_lane WHERE id = ANY (lanes) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
        );
    END IF;
    -- A statement of its own, so it sees what was committed before the lanes were taken.
    RETURN QUERY WITH moved AS (
        UPDATE interactions_lane SET head = interactions_lane.head + given.count, quiet_since = given.quiet,
            warned_at = NULL,
            unanswered_since = coalesce(CASE WHEN given.keep THEN unanswered_since END, given.unanswered)
        FROM unnest(lanes, versions, counts, keeps, unanswered, quiets)
            AS given (lane, version, count, keep, unanswered, quiet)
        WHERE interactions_lane.id = given.lane AND interactions_lane.id = ANY (taken)
            AND given.version = (SELECT version FROM interactions_interaction WHERE id = interaction_id)
        RETURNING interactions_lane.id, interactions_lane.head - given.count AS before
    ), added AS (
        INSERT INTO interactions_message (lane_id, number, party_id, client_id, text, at, kind)
        SELECT moved.id, moved.before + row.step, row.party, row.id, row.text, row.at, 'text'
        FROM unnest(places, steps, parties, ids, texts, times) AS row (lane, step, party, id, text, at)
        JOIN moved ON moved.id = row.lane
    )
    SELECT id, before, NULL::uuid FROM moved
    UNION ALL SELECT id, NULL, NULL FROM interactions_lane WHERE id = ANY (lanes) AND NOT id = ANY (taken)
    UNION ALL SELECT NULL, NULL, id FROM agents_agent WHERE id = ANY (agents) AND missed > 0;
END $$
"""
ARGUMENTS = f"{'bigint[], ' * 3}bool[], {'timestamptz[], ' * 2}{'bigint[], ' * 2}{'uuid[], ' * 2}text[], timestamptz[], uuid[], bool"


def make(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute(MAKE)


def drop(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP FUNCTION interactions_write({ARGUMENTS})")


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0001_initial"),
        ("interactions", "0019_mail_of_the_site"),
    ]
    operations = [migrations.RunPython(make, drop)]
