"""Pre-flight validator and linter for media that goes to Seedance 2.0's asset library."""
