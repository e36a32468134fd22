"""Write docs/reference/openapi.json, the description of the HTTP interface; a test compares it with the code.

Usage: ``python scripts/make_openapi.py``.
"""

from __future__ import annotations

import json
from pathlib import Path

from api.app import openapi_document

TARGET = Path(__file__).resolve().parent.parent / "docs" / "reference" / "openapi.json"


def main() -> None:
    """Write the file."""
    TARGET.write_text(json.dumps(openapi_document(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
