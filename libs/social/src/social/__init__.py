"""The facts of the network and the acts that change them."""
