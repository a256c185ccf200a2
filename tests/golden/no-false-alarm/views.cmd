lint views
