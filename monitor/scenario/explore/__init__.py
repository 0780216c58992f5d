"""`chuong scenario explore`: stories by chance, what must hold after every step, and the least that breaks it"""
