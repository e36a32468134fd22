"""`python -m api` is `tanju serve`."""

from api.cli import serve_alone

if __name__ == "__main__":
    serve_alone()
