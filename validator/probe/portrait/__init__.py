"""Faces and people in a picture: how many, how they are framed, and whether they are the same person."""
