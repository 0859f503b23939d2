"""Files to chunks to index: readers, tables, chunking and the sync."""
