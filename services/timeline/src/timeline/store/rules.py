"""What belongs into whose feed: conditions of SQL, said once for writing, building, checking and pruning.

In all of them `f` is what the reader (`f.account_id`) follows, a person or a hashtag, `s` the status and `o` what it
boosts, if anything; in LISTED `l` is the list.
"""

# Nobody in it whom the reader blocks or mutes, and nobody's who blocks the reader.
UNSHUNNED = """
    NOT EXISTS (
        SELECT FROM social.blocks b
        WHERE b.target_id = f.account_id AND b.account_id = ANY (ARRAY[s.account_id, o.account_id])
    )
    AND NOT EXISTS (
        SELECT FROM social.blocks b
        WHERE b.account_id = f.account_id AND b.target_id = ANY (
            ARRAY[s.account_id, o.account_id, s.in_reply_to_account_id, o.in_reply_to_account_id]
        )
    )
    AND NOT EXISTS (
        SELECT FROM social.mutes m
        WHERE m.account_id = f.account_id AND m.target_id = ANY (ARRAY[s.account_id, o.account_id])
            AND (m.expires_at IS NULL OR m.expires_at > now())
    )
    AND NOT EXISTS (
        SELECT FROM social.mentions n
        WHERE n.status_id = ANY (ARRAY[s.id, o.id]) AND (
            EXISTS (SELECT FROM social.blocks b WHERE b.account_id = f.account_id AND b.target_id = n.account_id)
            OR EXISTS (
                SELECT FROM social.mutes m
                WHERE m.account_id = f.account_id AND m.target_id = n.account_id
                    AND (m.expires_at IS NULL OR m.expires_at > now())
            )
        )
    )
"""

# Whether the reader who follows the author wants to see the status at all, be it at home or in a list.
WANTED = f"""
    (s.reblog_of_id IS NULL OR f.show_reblogs)
    AND (
        f.languages IS NULL OR cardinality(f.languages) = 0 OR coalesce(o.language, s.language) IS NULL
        OR coalesce(o.language, s.language) = ANY (f.languages)
    )
    AND (
        s.visibility IN ('public', 'unlisted', 'private')
        OR EXISTS (SELECT FROM social.mentions n WHERE n.status_id = s.id AND n.account_id = f.account_id)
    )
    AND (o.id IS NULL OR o.visibility IN ('public', 'unlisted') OR o.account_id = s.account_id)
    AND (
        (s.in_reply_to_id IS NULL AND s.in_reply_to_uri IS NULL)
        OR s.in_reply_to_account_id IN (s.account_id, f.account_id)
        OR EXISTS (
            SELECT FROM social.follows r
            WHERE r.account_id = f.account_id AND r.target_id = s.in_reply_to_account_id
        )
    )
    AND {UNSHUNNED}
    AND NOT EXISTS (
        SELECT FROM social.account_domain_blocks d
        JOIN social.accounts a ON a.domain = d.domain
        WHERE d.account_id = f.account_id AND a.id = o.account_id
    )
"""

# An exclusive list shows its members' posts in the place of home.
AT_HOME = f"""
    {WANTED}
    AND NOT EXISTS (
        SELECT FROM social.list_accounts m
        JOIN social.lists e ON e.id = m.list_id
        WHERE m.account_id = s.account_id AND e.account_id = f.account_id AND e.exclusive
    )
"""

# Whether a status with a hashtag that the reader follows is shown at home, whoever wrote it.
TAGGED = f"""
    s.visibility = 'public' AND s.reblog_of_id IS NULL AND s.account_id <> f.account_id
    AND EXISTS (
        SELECT FROM social.accounts a
        WHERE a.id = s.account_id AND a.silenced_at IS NULL AND a.suspended_at IS NULL
            AND NOT EXISTS (
                SELECT FROM social.account_domain_blocks d WHERE d.account_id = f.account_id AND d.domain = a.domain
            )
    )
    AND {UNSHUNNED}
"""

# What a list shows: nothing between two, as in Mastodon, and replies to whom it is for.
LISTED = """
    s.visibility IN ('public', 'unlisted', 'private')
    AND (
        (s.in_reply_to_id IS NULL AND s.in_reply_to_uri IS NULL)
        OR s.in_reply_to_account_id IN (s.account_id, l.account_id)
        OR l.replies_policy = 'followed'
        OR (
            l.replies_policy = 'list'
            AND EXISTS (
                SELECT FROM social.list_accounts x
                WHERE x.list_id = l.id AND x.account_id = s.in_reply_to_account_id
            )
        )
    )
"""
