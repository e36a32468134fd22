"""HTTP for one institution's node: the public API, the certificate page, and the wiring of the background loops."""
