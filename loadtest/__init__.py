"""Load tests and benchmarks that speak only the wire."""
