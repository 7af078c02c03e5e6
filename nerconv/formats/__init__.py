"""The formats: one module each, all of one shape.

A format module has

- ``NAME`` and ``SUFFIXES``, by which it is named and recognised,
- ``KEEPS``, what it can hold (``nerconv.fit.Keeps``),
- ``UNIT``, the unit that one record of it usually is: document or sentence,
- ``tokens(options)``, which gives the token edges that its spans must meet, or None,
- ``read(source, options)``, an iterator of Facts, Documents and Findings,
- ``write(documents, path, options)``, which writes a file (or folder) at ``path``.

To add one: write the module, name it in FORMATS, put files under ``tests/data``; nothing else changes.
"""
