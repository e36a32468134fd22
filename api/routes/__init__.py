"""The routes under ``/v1`` and beside it, one noun a file; each exports ``router``."""
