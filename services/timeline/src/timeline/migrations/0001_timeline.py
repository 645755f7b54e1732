"""Notifications, markers and the outbox."""

from chassis.script import execute_script, outbox_table

revision = "0001"
down_revision = None

# A notification points at its cause, so that an undo or a deletion takes it along, whatever order events
# come in. Dismissing keeps the row: an event that comes again must not bring the notification back.
NOTIFICATIONS = """
CREATE TABLE timeline.notifications (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    type text NOT NULL,
    from_account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    status_id bigint REFERENCES social.statuses ON DELETE CASCADE,
    report_id bigint REFERENCES social.reports ON DELETE CASCADE,
    boost_id bigint REFERENCES social.statuses ON DELETE CASCADE,
    favourite_id bigint REFERENCES social.favourites ON DELETE CASCADE,
    follow_id bigint REFERENCES social.follows ON DELETE CASCADE,
    follow_request_id bigint REFERENCES social.follow_requests ON DELETE CASCADE,
    filtered boolean NOT NULL DEFAULT false,
    group_key text,
    created_at timestamptz NOT NULL DEFAULT now(),
    dismissed_at timestamptz
);
CREATE UNIQUE INDEX notifications_once ON timeline.notifications
    (account_id, type, from_account_id, coalesce(status_id, 0), coalesce(report_id, 0));
CREATE INDEX notifications_of_account ON timeline.notifications (account_id, id DESC) WHERE dismissed_at IS NULL;
CREATE INDEX notifications_from ON timeline.notifications (from_account_id);
CREATE INDEX notifications_status ON timeline.notifications (status_id) WHERE status_id IS NOT NULL;
CREATE INDEX notifications_report ON timeline.notifications (report_id) WHERE report_id IS NOT NULL;
CREATE INDEX notifications_boost ON timeline.notifications (boost_id) WHERE boost_id IS NOT NULL;
CREATE INDEX notifications_favourite ON timeline.notifications (favourite_id) WHERE favourite_id IS NOT NULL;
CREATE INDEX notifications_follow ON timeline.notifications (follow_id) WHERE follow_id IS NOT NULL;
CREATE INDEX notifications_follow_request ON timeline.notifications (follow_request_id)
    WHERE follow_request_id IS NOT NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON timeline.notifications TO timeline;
"""

MARKERS = """
CREATE TABLE timeline.markers (
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    timeline text NOT NULL CHECK (timeline IN ('home', 'notifications')),
    last_read_id bigint NOT NULL,
    version int NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, timeline)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON timeline.markers TO timeline;
"""


def upgrade() -> None:
    for part in (outbox_table("timeline"), NOTIFICATIONS, MARKERS):
        execute_script(part)
