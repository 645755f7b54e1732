#!/bin/sh
# Creates the roles with their password and the database they share. Run by a superuser, as often as you like:
# PGHOST, PGUSER and PGPASSWORD say where and as whom, DATABASE_PASSWORD is the one that the roles get.
set -eu
psql() { command psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 "$@"; }

psql --dbname postgres --file /deploy/roles.sql
for role in murmuration api_gateway inbox delivery timeline media moderation; do
    # From standard input: only there does psql fill in variables.
    echo "ALTER ROLE :\"role\" PASSWORD :'password'" |
        psql --dbname postgres --set role="$role" --set password="$DATABASE_PASSWORD"
done
psql --dbname postgres --tuples-only --command "SELECT 1 FROM pg_database WHERE datname = 'murmuration'" | grep -q 1 ||
    psql --dbname postgres --command 'CREATE DATABASE murmuration OWNER murmuration'
