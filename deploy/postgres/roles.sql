-- The roles of a Murmuration database. Run by a superuser, as often as you like, before the migrations.
-- What each role may do with which table is granted by the migrations, beside the table.
-- Bulkheads: a service that runs wild meets its own limits before it hurts the others.

DO $$
DECLARE
    role record;
BEGIN
    FOR role IN
        SELECT *
        FROM (VALUES
            -- name, connections, statement timeout, lock timeout
            ('murmuration', 20, '0', '10s'),
            ('api_gateway', 80, '10s', '2s'),
            ('inbox', 80, '10s', '3s'),
            ('delivery', 60, '30s', '3s'),
            ('timeline', 80, '15s', '3s'),
            ('media', 40, '10s', '3s'),
            ('moderation', 20, '15s', '3s')
        ) AS r (name, connections, statement_timeout, lock_timeout)
    LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role.name) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', role.name);
        END IF;
        EXECUTE format('ALTER ROLE %I CONNECTION LIMIT %s', role.name, role.connections);
        EXECUTE format('ALTER ROLE %I SET statement_timeout = %L', role.name, role.statement_timeout);
        EXECUTE format('ALTER ROLE %I SET lock_timeout = %L', role.name, role.lock_timeout);
        -- Our statements are short: compiling them takes longer than running them.
        EXECUTE format('ALTER ROLE %I SET jit = off', role.name);
        IF role.name <> 'murmuration' THEN
            EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = ''15s''', role.name);
        END IF;
    END LOOP;
END
$$;
