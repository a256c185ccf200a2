explain --format xml example.org
