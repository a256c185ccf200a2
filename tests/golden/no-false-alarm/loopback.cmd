lint loopback
