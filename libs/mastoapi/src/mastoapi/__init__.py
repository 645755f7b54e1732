"""The client API's words: entities, pagination, scopes, errors."""
