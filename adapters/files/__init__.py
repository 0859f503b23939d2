"""Files beside questions, from whatever messenger: fetched within limits, read, and put under the question."""
