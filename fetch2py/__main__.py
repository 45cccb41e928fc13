from fetch2py.cli import main

main()
