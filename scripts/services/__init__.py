"""Elasticsearch and Redis on a bare machine, for the tests and for trying the real engines out: `make services`."""
