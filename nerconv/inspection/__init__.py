"""What a source is, by what that is known, what each target would lose of it, and how to go on with it."""
