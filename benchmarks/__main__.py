"""`python -m benchmarks`: every figure that the project promises, in one table."""

from __future__ import annotations

from benchmarks import commands, decode, delay, growth, importing
from benchmarks.timing import table

print(table([*commands.rows(), *importing.rows(), *decode.rows(), *growth.rows(), *delay.rows()]))
