"""What outlives one answer: the ledger, memory and feedback."""
