"""Reports of a story made up for these tests, and the files they are compared with."""
