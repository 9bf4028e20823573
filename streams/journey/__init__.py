"""The journey of an order or a customer: its events on one time line, with its deadlines and promises."""
