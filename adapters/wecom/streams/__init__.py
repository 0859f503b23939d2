"""What the AI bot says, kept in the store, so that any process can say it: streams, their ends, and the outbox."""
