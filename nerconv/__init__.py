"""nerconv: bracket-annotated text to training data and scores, with nothing lost in silence."""
