"""The domain around the engine: runs, offers, bookings, approvals."""
