"""`python -m tests.service --port 0 --settings JSON`: the service, whose port is the first line it prints."""

from tests.service.server import main

main()
