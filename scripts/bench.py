"""`make bench`: every figure of docs/benchmarks.md. See `--help`."""

from tests.benchmarks.run import main

main()
