"""The matching engine: from a snapshot to a plan, pure and deterministic."""
