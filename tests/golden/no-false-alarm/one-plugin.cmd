lint one-plugin
