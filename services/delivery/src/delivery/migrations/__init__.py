"""The schema `delivery`: what goes out, to whom, and how the hosts out there fare."""
