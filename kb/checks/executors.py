"""Where checks run: in threads of this process, or as tasks of any executor, such as a Dask cluster's.

A task is one check: sending it costs Dask a few milliseconds, computing it tens of them, so batches
would gain nothing and lose more with a worker that dies. ``distributed`` is imported only by ``cluster``.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from kb.checks.keys import ENGINE, NUMERIC, key, version
from kb.checks.trouble import ERROR
from kb.model import Base, Check, Record, Result, Verdict

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

#: Told, from the thread that runs a check, its id and the share done, from 0 to 1, of a case of it.
Running = Callable[[str, float], None]
#: A check, and the part of a base that it needs.
Work = tuple[Base, Check]

#: Kinds that run in a process of their own.
CHILD_KINDS = ("simulation", "benchmark")
_PATIENCE = 10.0


def run_here(
    work: Sequence[Work],
    run: Callable[..., Record],
    finish: Callable[[Record], None],
    *,
    jobs: int,
    running: Running | None = None,
) -> None:
    """Run checks in this process: those with a process of their own ``jobs`` at a time, the rest in turn.

    ``finish`` is called in this thread. Whatever interrupts it stops the children.
    """
    stopping = threading.Event()

    def told(check: Check) -> Callable[[float], None] | None:
        if running is None:
            return None
        running(check.id, 0.0)
        return partial(running, check.id)

    def apart(part: Base, check: Check) -> Record:
        return run(part, check, progress=told(check), stop=stopping)

    from concurrent.futures import ThreadPoolExecutor, as_completed

    pool = ThreadPoolExecutor(jobs, "kb-check")
    try:
        tasks = [pool.submit(apart, part, check) for part, check in work if check.kind in CHILD_KINDS]
        for part, check in work:
            if check.kind not in CHILD_KINDS:
                finish(run(part, check, progress=told(check)))
        for done in as_completed(tasks):
            finish(done.result())
    finally:
        stopping.set()
        pool.shutdown(wait=False, cancel_futures=True)


def run_there(
    work: Sequence[Work],
    run: Callable[..., Record],
    finish: Callable[[Record], None],
    *,
    executor: Executor,
    key_of: Callable[[Base, Check], str] = key,
) -> None:
    """Run checks as tasks of an executor. What goes wrong with one is the reason why that one could not run.

    A result counts only under the key that this machine gives it (``key_of``): a worker with another version
    of an experiment has run something else. An interrupt cancels what has not begun.
    """
    from concurrent.futures import as_completed

    tasks: dict[Future[Record], Work] = {}
    try:
        for part, check in work:
            try:
                tasks[executor.submit(run, part, check)] = (part, check)
            except Exception as error:
                finish(_lost(check, key_of(part, check), f"the executor did not take it: {_words(error)}"))
        for done in as_completed(tasks):
            part, check = tasks[done]
            finish(_arrived(done, check, key_of(part, check)))
    except BaseException:
        for future in tasks:
            future.cancel()
        raise


def _arrived(done: Future[Record], check: Check, name: str) -> Record:
    if done.cancelled():
        return _lost(check, name, "the executor dropped it: is the cluster still there?")
    error = done.exception()
    if error is not None:
        return _lost(check, name, f"the executor lost it: {_words(error)}")
    record = done.result()
    if not record.result.ran or record.result.key in ("", name):
        return record
    return _lost(check, name, "the worker has another version of what the check runs than this machine")


def _words(error: BaseException) -> str:
    words = " ".join(str(error).split())
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def _lost(check: Check, name: str, why: str) -> Record:
    return Record(Result(check.id, name, check.kind, Verdict.COULD_NOT_RUN, reason=f"{ERROR} {why}"))


# --- Dask ---------------------------------------------------------------------


class ClusterError(Exception):
    """There is no cluster to run checks on; the message is a sentence for the reader."""


@contextmanager
def cluster(text: str, *, seconds: float = _PATIENCE) -> Iterator[Executor]:
    """An executor of a Dask cluster, for ``run_all(…, executor=…)``.

    ``tcp://host:port`` (also ``tls://``, ``ws://``) connects to a scheduler that runs already, and leaves it
    running. ``local:N`` starts N worker processes here, reachable from this machine only, and ends them with
    the context, whatever happens in it. Results are those of a run without a cluster, byte for byte: so
    workers must have our versions of kb, numpy and scipy, and our minor version of Python. A check
    whose worker dies goes to another one.

    Raises:
        ClusterError: the address cannot be read, ``distributed`` is not installed, nobody answers within
            ``seconds``, there is no worker, or a worker has other versions.
    """
    where, workers = address(text)
    try:
        import distributed
    except ImportError:
        raise ClusterError(
            "a cluster needs Dask's package distributed: pip install 'kb-argmap[cluster]'"
        ) from None
    if workers:
        with _local(distributed, workers) as client:
            yield client.get_executor(pure=False)
    else:
        with _connected(distributed, where, seconds) as client:
            _compare(client, where, seconds)
            yield client.get_executor(pure=False)


_SCHEDULER = re.compile(r"(tcp|tls|ws|wss)://(\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):([0-9]{1,5})")


def address(text: str) -> tuple[str, int]:
    """Where a scheduler listens, or how many workers to start here; the other one is empty or 0.

    Raises:
        ClusterError: the text says neither.
    """
    scheme, _, rest = text.partition(":")
    if scheme == "local":
        if not (rest.isascii() and rest.isdecimal() and 1 <= int(rest) <= 1024):
            raise ClusterError(f"{text}: after local: comes the number of workers, such as local:4")
        return "", int(rest)
    found = _SCHEDULER.fullmatch(text)
    if found is None or not 1 <= int(found[3]) <= 65535:
        told = text.strip() or repr(text)
        raise ClusterError(f"{told} is no address of a cluster; write tcp://host:port, or local:4")
    return text, 0


@contextmanager
def _local(distributed: Any, workers: int) -> Iterator[Any]:
    with _deaf_children():
        started = distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            # None would still serve HTTP, on a port that may be taken.
            dashboard_address="127.0.0.1:0",
            worker_dashboard_address="127.0.0.1:0",
            memory_limit=0,
            silence_logs=50,
        )
    try:
        with distributed.Client(started, set_as_default=False) as client:
            try:
                yield client
            finally:
                _kill(started)
    finally:
        started.close(timeout=_PATIENCE)


def _kill(started: Any) -> None:
    """End the workers at once. Asked politely, they would first finish what nobody waits for."""
    for nanny in started.workers.values():
        nanny.close_gracefully()
        if nanny.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(nanny.pid, getattr(signal, "SIGKILL", signal.SIGTERM))


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Processes and threads started within do not hear Ctrl-C: it is ours, and we end them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _connected(distributed: Any, address: str, seconds: float) -> Iterator[Any]:
    try:
        client = distributed.Client(address, timeout=seconds, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(f"no scheduler answers at {address} within {seconds:g} s ({error})") from None
    with client:
        yield client


def _compare(client: Any, address: str, seconds: float) -> None:
    """See that there are workers and that they would run what we would. Raises ClusterError."""
    try:
        client.wait_for_workers(1, timeout=seconds)
    except TimeoutError:
        raise ClusterError(f"the scheduler at {address} has no worker: start one with dask worker") from None
    ours = versions()
    for worker, theirs in client.run(versions, on_error="return").items():
        if isinstance(theirs, BaseException):
            raise ClusterError(
                f"the worker {worker} cannot run kb ({_words(theirs)}): install kb-argmap there"
            )
        for name, have in ours.items():
            if theirs.get(name) != have:
                raise ClusterError(
                    f"the worker {worker} has {name} {theirs.get(name)}, this machine {have}: "
                    "results would not be the same"
                )


def versions() -> dict[str, str]:
    """What decides a result beside the base: the versions of the engine, of Python and of what computes."""
    found = {"python": f"{sys.version_info.major}.{sys.version_info.minor}", "check engine": str(ENGINE)}
    return found | {name: version(name) or "of a folder" for name in ("kb-argmap", *NUMERIC)}
