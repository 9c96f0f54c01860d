"""Lets `python -m kerong` do what the command `kerong` does."""

from kerong.cli import main

if __name__ == "__main__":
    main(prog_name="kerong")
