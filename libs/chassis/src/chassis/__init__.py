"""What every service stands on: HTTP, bus, database, outbox, settings, telemetry."""
