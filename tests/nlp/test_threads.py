"""One pipeline, many threads and forks: the same signals as alone."""

import multiprocessing
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import nlp

TEXTS = [
    f"第{number}次来了，{'客服态度很差' if number % 2 else '味道很好'}" for number in range(64)
]


@pytest.fixture(scope="module")
def pipeline():
    return nlp.load()


@pytest.fixture(scope="module")
def alone(pipeline):
    return list(nlp.analyze(pipeline, TEXTS, batch_size=16))


def answers_as(pipeline, expected):
    return 0 if list(nlp.analyze(pipeline, TEXTS, batch_size=16)) == expected else 1


def test_threads_share_a_pipeline(pipeline, alone):
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda _: list(nlp.analyze(pipeline, TEXTS, batch_size=16)), range(8))
        )
    assert all(answer == alone for answer in answers)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_fork_in_the_middle_of_the_work_answers_as_well(pipeline, alone):
    stop = threading.Event()

    def work():
        while not stop.is_set():
            list(nlp.analyze(pipeline, TEXTS[:16]))

    worker = threading.Thread(target=work)
    worker.start()
    try:
        child = os.fork()
        if not child:
            os._exit(answers_as(pipeline, alone))
        _, status = os.waitpid(child, 0)
    finally:
        stop.set()
        worker.join()
    assert os.waitstatus_to_exitcode(status) == 0


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="no fork here")
def test_a_forked_worker_of_a_pool_answers_and_ends_well(pipeline, alone):
    worker = multiprocessing.get_context("fork").Process(target=end_with, args=(pipeline, alone))
    worker.start()
    worker.join(120)
    assert worker.exitcode == 0


def end_with(pipeline, expected):
    sys.exit(answers_as(pipeline, expected))
