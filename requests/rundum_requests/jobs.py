"""Sweeps that end requests whose time is up, and ask the desk to call; each may repeat."""

from __future__ import annotations

from datetime import timedelta

from rundum_core.jobs import Job
from rundum_requests import service

JOBS = (
    Job(name="expire_requests", every=timedelta(minutes=5), work=service.expire_unconfirmed),
    Job(name="call_unconfirmed", every=timedelta(minutes=1), work=service.call_unconfirmed),
    Job(name="close_requests", every=timedelta(minutes=15), work=service.close_over),
)
