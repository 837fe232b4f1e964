"""Mends what fails: plans the smallest change, makes a copy by it, and judges that."""
