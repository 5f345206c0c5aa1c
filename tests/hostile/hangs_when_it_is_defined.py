"""Never gets to its definition, and waits for nothing that comes."""

import threading

threading.Event().wait()
average_basket = threading.Event().wait
