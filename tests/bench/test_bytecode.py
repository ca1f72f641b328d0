"""Bytecode is worth its place in the layers."""

from tests.bench.bench_bytecode import measured


def test_a_cold_start_without_bytecode_takes_half_as_long_again_at_least() -> None:
    assert min(measured(("platform_.on_outbox", "promos.api"), rounds=2).values()) > 1.5
