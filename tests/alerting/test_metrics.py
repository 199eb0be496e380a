"""Figures of a run, as moto's CloudWatch keeps them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest

from alerting.errors import Broken, DeliveryError, NotSent, Rejected
from alerting.metrics import RunFigures, put_metrics
from simulator import faults
from simulator.faults import Fault
from tests.alerting.channels.moto_server import Front, moto_server

CANARY = "canary-aws-secret"
REGION = "eu-west-1"
FIGURES = RunFigures(completed=True, open_incidents=2, misses=7, lag=0)


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    with moto_server() as port, Front(port) as running:
        yield running


@pytest.fixture(autouse=True)
def environment(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CANARY)
    monkeypatch.setenv("AWS_ENDPOINT_URL", front.url)


def kept(namespace: str) -> dict[str, tuple[float, str]]:
    """metric -> (value, identifier)"""
    import boto3

    client = boto3.session.Session().client("cloudwatch", region_name=REGION)
    found: dict[str, tuple[float, str]] = {}
    for metric in client.list_metrics(Namespace=namespace)["Metrics"]:
        query: dict[str, Any] = {
            "Id": "m",
            "MetricStat": {"Metric": {**metric, "Namespace": namespace}, "Period": 60, "Stat": "Sum"},
        }
        now = datetime.datetime.now(datetime.UTC)
        hour = datetime.timedelta(hours=1)
        data = client.get_metric_data(MetricDataQueries=[query], StartTime=now - hour, EndTime=now + hour)
        found[metric["MetricName"]] = (sum(data["MetricDataResults"][0]["Values"]), metric["Dimensions"][0]["Value"])
    return found


def test_a_run_is_four_figures_of_its_monitor() -> None:
    put_metrics("Sentinel", REGION, "bkr1", FIGURES)
    assert kept("Sentinel") == {
        "RunCompleted": (1, "bkr1"),
        "OpenIncidents": (2, "bkr1"),
        "Misses": (7, "bkr1"),
        "Lag": (0, "bkr1"),
    }


def test_what_nobody_knows_is_no_zero_and_a_run_that_failed_is_one() -> None:
    put_metrics("Unread", REGION, "bkr2", RunFigures(False, None, None, None))
    assert kept("Unread") == {"RunCompleted": (0, "bkr2")}


def test_an_identifier_that_aws_would_refuse_is_rewritten() -> None:
    put_metrics("Named", REGION, ":bäker 1\n", RunFigures(True, None, None, None))
    assert kept("Named")["RunCompleted"][1] == "b-ker 1-"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (faults.status(400, "<html>"), Rejected),
        (Fault("status", status=403, body='{"__type":"AccessDenied","message":"x"}'), Broken),
        (faults.hang(), DeliveryError),
        (faults.reset(), DeliveryError),
    ],
    ids=["400", "403", "hang", "reset"],
)
def test_a_failure_has_a_class_and_no_secret(front: Front, fault: Fault, kind: type[DeliveryError]) -> None:
    with front.faults.during(fault), pytest.raises(kind) as failure:
        put_metrics("Sentinel", REGION, "bkr1", FIGURES)
    assert CANARY not in str(failure.value)
    with front.refusing(), pytest.raises(NotSent):
        put_metrics("Sentinel", REGION, "bkr1", FIGURES)
