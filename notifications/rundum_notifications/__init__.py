"""What people are told: messages, deliveries, the courier, calendar entries."""
