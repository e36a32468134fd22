"""`python -m ledger.embedded` is `tanju chain`."""

from ledger.embedded.cli import app

if __name__ == "__main__":
    app(prog_name="python -m ledger.embedded")
