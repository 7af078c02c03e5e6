"""Scores predictions against the gold: match, count, statistics, gates, report. Strict; order makes no difference."""
