run --plugin
