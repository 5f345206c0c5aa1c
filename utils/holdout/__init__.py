"""Hold-outs by which what learners predict is scored, a module each."""
