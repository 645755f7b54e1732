"""Ed25519 beside RSA: public keys of everybody as Multikeys, and a pair for each account of ours."""

from alembic import op
from sqlalchemy import text

from apcore.keys import generate_ed25519
from chassis.script import execute_script

revision = "0006"
down_revision = "0005"

BATCH = 1000


def upgrade() -> None:
    # Who may read the private half is settled by the grants on its table.
    execute_script(
        """
        ALTER TABLE social.accounts ADD COLUMN multikeys jsonb NOT NULL DEFAULT '[]';
        ALTER TABLE social.account_keys ADD COLUMN ed25519_private_pem text;
        """
    )
    while _give_keys():
        pass


def _give_keys() -> bool:
    """Accounts that are there already get their pairs now, so that nobody need look for some without."""
    db = op.get_bind()
    without = db.execute(
        text("SELECT account_id FROM social.account_keys WHERE ed25519_private_pem IS NULL LIMIT :batch"),
        {"batch": BATCH},
    ).scalars()
    ids = list(without)
    for account_id in ids:
        pair = generate_ed25519()
        db.execute(
            text("UPDATE social.account_keys SET ed25519_private_pem = :pem WHERE account_id = :id"),
            {"pem": pair.private_pem, "id": account_id},
        )
        db.execute(
            text(
                """
                UPDATE social.accounts
                SET multikeys = jsonb_build_array(
                    jsonb_build_object('id', uri || '#ed25519-key', 'multibase', cast(:multikey AS text)))
                WHERE id = :id
                """
            ),
            {"multikey": pair.multikey, "id": account_id},
        )
    return bool(ids)
