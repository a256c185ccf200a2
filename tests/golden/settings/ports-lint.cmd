lint ports
