"""What `action.yml` runs: finds what a change touches, lints it, and tells GitHub."""
