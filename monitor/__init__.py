"""Tiếng Chuông: ingest → inventory → journal → machines → notify → reports → web; ``pipeline`` is the whole program on one page."""
