"""Charts as SVG text, drawn by hand: no dependency, coloured by the page's style sheet.

Every chart is a function from plain numbers to a ``Chart``: a wide picture, a narrow twin for phones (text in
a scaled-down picture cannot be read) and a sentence that says the same in words.
"""
