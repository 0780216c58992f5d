"""PLAY: `chuong scenario`: one story, played on a virtual clock or over a real broker, and what was to be seen of it"""
