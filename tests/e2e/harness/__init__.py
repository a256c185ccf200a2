"""What the end-to-end tests are made of: see the fixtures in conftest.py."""
