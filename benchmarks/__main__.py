"""`python -m benchmarks`: every figure that the project promises, in one table."""

from __future__ import annotations

from benchmarks import commands, decode, delay, dialects, growth, importing
from benchmarks.timing import table

ROWS = (commands.rows, importing.rows, decode.rows, dialects.rows, growth.rows, delay.rows)
print(table([row for rows in ROWS for row in rows()]))
