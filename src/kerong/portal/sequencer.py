"""The sequencer's loop: within a second every event has its place; every few minutes the tree is signed."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import structlog
from django.db import DatabaseError, close_old_connections, connection, transaction

from kerong.basics.acting import house_actor
from kerong.portal import witness
from kerong.portal.keys_file import make_evidence_provider
from kerong.records.evidence.actions import (
    InconsistentTreeError,
    acting,
    make_checkpoint,
    record,
    sequence_events,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from kerong.basics.crypto import SoftwareProvider

logger = structlog.get_logger("kerong.sequencer")
LOOK_SECONDS = 0.4
CHECKPOINT_SECONDS = 300.0
PAUSE_SECONDS_MAX = 30.0


class _Ended:
    def __init__(self) -> None:
        self.is_up = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        self.is_up = True


def serve() -> None:
    """Work until SIGTERM or the death of whoever started us; a lost database is waited for."""
    ended, parent = _Ended(), os.getppid()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, ended)
    signer, signed_at, pause = make_evidence_provider(), 0.0, LOOK_SECONDS
    while not ended.is_up and os.getppid() == parent:
        try:
            numbered = number_all()
            if time.monotonic() - signed_at > CHECKPOINT_SECONDS or signed_at == 0.0:
                sign_and_keep(signer)
                signed_at = time.monotonic()
            pause = LOOK_SECONDS
        except DatabaseError as error:
            logger.warning("database lost", error=type(error).__name__)
            connection.close()
            numbered, pause = 0, min(pause * 2, PAUSE_SECONDS_MAX)
        close_old_connections()
        if not numbered:
            time.sleep(pause)


def number_all() -> int:
    """Give every waiting event its place and return how many there were."""
    total = 0
    while numbered := _in_one_transaction(sequence_events):
        total += numbered
    return total


def sign_and_keep(signer: SoftwareProvider) -> None:
    """Sign how far the tree has grown and give it to the witness; close the service when they disagree."""
    with transaction.atomic(), acting(house_actor("sequencer")):
        contradiction = witness.disagreement()
    if contradiction:
        _close(contradiction)
        return
    try:
        with transaction.atomic(), acting(house_actor("sequencer")):
            checkpoint = make_checkpoint(signer=signer)
    except InconsistentTreeError as error:
        _close(f"不再签名：{error}")
        return
    if checkpoint is not None:
        witness.keep(checkpoint.size, checkpoint.note)


def _close(why: str) -> None:
    if witness.closed_because() == why:
        return
    witness.close(why)
    logger.critical("closed for writing", why=why)
    with transaction.atomic(), acting(house_actor("sequencer")):
        record(stream="evidence", kind="closed_for_writing", content={"why": why}, detail={"why": why})


def _in_one_transaction(action: Callable[[], int]) -> int:
    with transaction.atomic(), acting(house_actor("sequencer")):
        return action()
