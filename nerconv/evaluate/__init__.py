"""Scores predictions against the gold: match, count, statistics, gates, report; strict, and order makes no difference."""
