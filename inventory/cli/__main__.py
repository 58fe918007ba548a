"""`python -m inventory.cli` is `homeroom`."""

from inventory.cli import main

if __name__ == "__main__":
    main()
