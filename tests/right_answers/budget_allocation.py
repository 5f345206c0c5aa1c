"""Right answers on coupons under one budget, written differently from the reference."""
