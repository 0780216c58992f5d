"""One story in one file: what stands there, what happens when, and what must then be seen. Knows no monitor.

shapes, steps, wants   the language, as it is checked
reading                a file → a scenario, or every problem with its line and what may have been meant
schema                 the same for editors and other programs
cast                   the devices of a story
stage                  the devices, playing
"""
