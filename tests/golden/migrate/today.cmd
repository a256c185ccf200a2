migrate today
