"""What is disclosed, signed and anchored: one model a file."""
