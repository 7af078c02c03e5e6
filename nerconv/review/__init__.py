"""Review: what a person is asked about annotations, what was decided, and the page on which that happens.

``question`` says what is asked, ``queue`` collects the questions of a run, ``decisions`` records the answers,
``payload`` makes of both what the page shows.
"""
