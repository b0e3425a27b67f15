"""What is said between gateway and centre."""
