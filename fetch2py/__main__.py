"""`python -m fetch2py`."""

from fetch2py.cli import main

main()
