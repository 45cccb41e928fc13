"""`python -m fetch2py`: the command line."""

from fetch2py.cli import main

if __name__ == "__main__":
    main()
