"""`python -m civicreach` is the command `civicreach`."""

from civicreach.cli import main

if __name__ == "__main__":
    main()
