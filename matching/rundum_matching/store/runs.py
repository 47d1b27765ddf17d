"""Matching runs and what they found."""

from __future__ import annotations

from typing import Any

from rundum_core.queries import many, one, run
from rundum_matching.models import Finding, Run, RunVisit

fail_dead_runs = run("matching/run", "fail_dead_runs")
wake_runs = run("matching/run", "wake_runs")
begin_run = one("matching/run", "begin_run", int)
hold_run = one("matching/run", "hold_run", int)
is_ours = one("matching/run", "is_ours", int)
finish_run = run("matching/run", "finish_run")
last_prices = one("matching/run", "last_prices", list[Any])
forget_prices = run("matching/run", "forget_prices")
insert_run_visit = run("matching/run", "insert_run_visit")
runs = many("matching/run", "runs", Run)
run_by_id = one("matching/run", "run_by_id", Run)
run_visits = many("matching/run", "run_visits", RunVisit)
last_findings = many("matching/run", "last_findings", Finding)
forget_runs = run("matching/run", "forget_runs")
