"""Expressions that are compiled when asked: that they can be, and how many others each process pays for."""

from __future__ import annotations

import gc
import importlib
import pkgutil
import re
import subprocess
import sys

import tasks
from tasks.expressions import _Seldom, seldom

# What is compiled before the first page. New rules hardly need more: what a healthy page does not ask for is `seldom`.
_MOST_AT_IMPORT = 240
_COUNTED = """
import re, sys
compiled = re._compiler.compile
count = 0
def counted(*given):
    global count
    count += 1
    return compiled(*given)
re._compiler.compile = counted
import tasks.page, tasks.segment, tasks.strip
print(count)
"""


def test_every_expression_compiles() -> None:
    for module in pkgutil.walk_packages(tasks.__path__, "tasks."):
        importlib.import_module(module.name)
    gc.unfreeze()  # what was frozen by a server or a worker in this process is not listed
    found = [one for one in gc.get_objects() if isinstance(one, _Seldom)]
    assert len(found) > 300
    for one in found:
        re.compile(one.pattern, one._flags)


def test_few_expressions_are_compiled_before_the_first_page() -> None:
    done = subprocess.run([sys.executable, "-c", _COUNTED], capture_output=True, text=True, check=True)
    assert int(done.stdout) <= _MOST_AT_IMPORT, "what pages seldom ask for is made by tasks.expressions.seldom"


def test_it_does_what_the_expression_does() -> None:
    one = seldom("(?P<hour>[0-9]+)点", re.IGNORECASE)
    assert not hasattr(one, "find")
    assert one.groupindex == {"hour": 1}
    assert [match["hour"] for match in one.finditer("3点到12点")] == ["3", "12"]
    assert one.fullmatch("7点")
    assert one.split("早7点晚") == ["早", "7", "晚"]
    assert seldom(rb"\d").findall(b"a1b2") == [b"1", b"2"]
