"""Pages for people, in Chinese and English; whatever a page shows is also its JSON."""
