"""Tiếng Chuông, a camera inventory and alarm-bell monitor.

The stage folders are named so that the alphabet is the flow, and each may import only from those before it:
ingest → inventory → journal → machines → notify → pipeline → reports → web.
"""
