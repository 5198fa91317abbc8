"""The command line: `qingwen run`, `fix`, `explain`, `report`, `verify`, `learn`, `dedupe`, `serve`.

Only the standard library is imported here, and each command imports what it needs: `qingwen fix` is a filter, and a
filter that takes a second to start is of no use in a pipe.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence

from flows import examples
from tasks.errors import QingwenError, UsageError
from tasks.records import Punctuation, Target
from tasks.version import PIPELINE_VERSION

_FAILED, _WRONG_USAGE, _INTERRUPTED = 1, 2, 130
_STAYS = "; what is written stays, and the next run goes on from there"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    _open_streams()
    root = parser()
    given = sys.argv[1:] if arguments is None else arguments
    if not given:
        root.print_help(sys.stderr)
        return _WRONG_USAGE
    options = root.parse_args(given)
    try:
        status: int = options.call(options)
        sys.stdout.flush()
    except QingwenError as error:
        return _complain(str(error), _WRONG_USAGE if isinstance(error, UsageError) else _FAILED)
    except BrokenPipeError:  # whoever read our output has seen enough
        _drop_output()
        return _FAILED
    except OSError as error:
        from flows.reasons import sentence

        _drop_output()
        return _complain(sentence(error, getattr(options, "curated", None) or "the output"), _FAILED)
    except KeyboardInterrupt:
        stays = options.command in ("run", "learn", "dedupe")
        return _complain(f"interrupted{_STAYS if stays else ''}", _INTERRUPTED)
    return status


def _open_streams() -> None:
    """Have a stream that was closed before we began be empty, and no character be one that we cannot print."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 (for as long as we are)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _drop_output() -> None:
    """Have what is still to be written go nowhere: Python must not try to write it once more at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(sentence: str, status: int) -> int:
    print(f"qingwen: {sentence}", file=sys.stderr)
    return status


def parser() -> argparse.ArgumentParser:
    """The command's parser."""
    shape = argparse.RawDescriptionHelpFormatter
    root = argparse.ArgumentParser(
        prog="qingwen",
        description="Raw crawled Chinese pages in, curated Parquet tables out; and a filter for single pages.",
        epilog=examples.COMMAND,
        formatter_class=shape,
    )
    root.add_argument("--version", action="version", version=f"qingwen {PIPELINE_VERSION}")
    commands = root.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)

    def command(name: str, says: str, epilog: str = "") -> argparse.ArgumentParser:
        description = f"{says[0].upper()}{says[1:]}."
        return commands.add_parser(name, help=says, description=description, epilog=epilog, formatter_class=shape)

    _add_run(command("run", "curate the pages of raw/ that curated/ does not hold yet", examples.RUN))
    _add_fix(command("fix", "repair text: files or standard input, in any encoding, to standard output", examples.FIX))
    _add_explain(command("explain", "show every edit of a page, with why and how sure", examples.EXPLAIN))
    _add_report(command("report", "write one HTML page of figures and samples about a folder of tables"))
    _add_verify(
        command(
            "verify", "check a folder of tables: digests, schemas, counts, and that the edits replay", examples.VERIFY
        )
    )
    _add_learn(command("learn", "learn from raw/ which lines each site repeats around its articles", examples.LEARN))
    _add_dedupe(command("dedupe", "find the documents of curated/ that repeat another", examples.DEDUPE))
    _add_serve(command("serve", "serve the scheduled deployments until interrupted"))
    return root


def _add_run(run: argparse.ArgumentParser) -> None:
    run.add_argument("--raw", metavar="URI", help="folder of raw pages (default: raw)")
    run.add_argument("--curated", metavar="URI", help="folder that the tables are written to (default: curated)")
    _add_settings(run)
    _add_workers(run)
    _add_policy(run, defaults=False)
    run.add_argument("--verbose", action="store_true", help="show Prefect's log on a terminal too")
    run.set_defaults(call=_run)


def _add_settings(command: argparse.ArgumentParser) -> None:
    command.add_argument("--settings", metavar="FILE", help="a TOML file of settings")


def _add_workers(command: argparse.ArgumentParser) -> None:
    command.add_argument("--runner", choices=("local", "dask"), help="what does the work (default: local)")
    command.add_argument("--dask-address", metavar="ADDRESS", help="scheduler of a Dask cluster that is up")
    command.add_argument("--workers", metavar="N", type=int, help="worker processes (default: one a processor core)")


def _add_policy(command: argparse.ArgumentParser, *, defaults: bool) -> None:
    target, punctuation = (Target.HANS, Punctuation.FULLWIDTH) if defaults else (None, None)
    command.add_argument(
        "--target",
        choices=[str(value) for value in Target],
        default=target,
        help="script of the result: Hans (simplified), Hant (traditional), or as it is (default: Hans)",
    )
    command.add_argument(
        "--punctuation",
        choices=[str(value) for value in Punctuation],
        default=punctuation,
        help="what becomes of ASCII punctuation between Chinese characters (default: fullwidth)",
    )


def _add_fix(fix: argparse.ArgumentParser) -> None:
    fix.add_argument("files", metavar="FILE", nargs="*", help="pages; without any, or for -, standard input")
    fix.add_argument("--strip", action="store_true", help="also remove menus, footers and spam")
    _add_policy(fix, defaults=True)
    fix.set_defaults(call=_fix)


def _add_explain(explain: argparse.ArgumentParser) -> None:
    explain.add_argument("file", metavar="FILE", help="a page, or a container of pages; - for standard input")
    explain.add_argument("--json", action="store_true", help="an object a page, for programs")
    explain.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="colour (default: auto)")
    _add_policy(explain, defaults=True)
    explain.set_defaults(call=_explain)


def _add_report(report: argparse.ArgumentParser) -> None:
    report.add_argument("curated", metavar="CURATED", help="folder of tables")
    report.add_argument("--output", "-o", metavar="FILE", help="where to (default: CURATED/_report.html; - for stdout)")
    report.set_defaults(call=_report)


def _add_verify(verify: argparse.ArgumentParser) -> None:
    verify.add_argument("curated", metavar="CURATED", help="folder of tables, or its URI")
    verify.add_argument("--raw", metavar="URI", help="folder of the raw pages, to replay every page")
    verify.add_argument("--workers", metavar="N", type=int, help="worker processes (default: one a processor core)")
    verify.add_argument("--json", action="store_true", help="the findings as JSON, for programs")
    verify.set_defaults(call=_verify)


def _add_learn(learn: argparse.ArgumentParser) -> None:
    learn.add_argument("--raw", metavar="URI", help="folder of raw pages (default: raw)")
    learn.add_argument("--curated", metavar="URI", help="folder that the table goes to (default: curated)")
    _add_corpus(learn)
    learn.set_defaults(call=_learn)


def _add_dedupe(dedupe: argparse.ArgumentParser) -> None:
    dedupe.add_argument("--curated", metavar="URI", help="folder of tables (default: curated)")
    dedupe.add_argument(
        "--similarity", metavar="SHARE", type=float, help="least similarity of near duplicates (default: 0.75)"
    )
    _add_corpus(dedupe)
    dedupe.set_defaults(call=_dedupe)


def _add_corpus(command: argparse.ArgumentParser) -> None:
    _add_settings(command)
    _add_workers(command)
    command.add_argument("--verbose", action="store_true", help="show where it failed, if it fails")


def _add_serve(serve: argparse.ArgumentParser) -> None:
    serve.add_argument(
        "--cron", metavar='"…"', default="0 3 * * *", help='when to curate (default: "0 3 * * *", nightly at three)'
    )
    serve.add_argument(
        "--timezone", metavar="ZONE", default="UTC", help="time zone of the schedules, as Asia/Shanghai (default: UTC)"
    )
    serve.add_argument("--learn-cron", metavar='"…"', help="when to learn (default: when started in the UI)")
    serve.add_argument("--dedupe-cron", metavar='"…"', help="when to find duplicates (default: when started in the UI)")
    serve.add_argument("--raw", metavar="URI", help="folder of raw pages (default: raw)")
    serve.add_argument("--curated", metavar="URI", help="folder that the tables are written to (default: curated)")
    _add_settings(serve)
    serve.set_defaults(call=_serve)


def _run(options: argparse.Namespace) -> int:
    from flows.run import run

    names = ("raw", "curated", "runner", "dask_address", "workers", "target", "punctuation")
    return run(options.settings, {name: getattr(options, name) for name in names}, verbose=options.verbose)


def _fix(options: argparse.Namespace) -> int:
    from flows.fix import fix

    return fix(options.files or ["-"], Target(options.target), Punctuation(options.punctuation), strip=options.strip)


def _explain(options: argparse.Namespace) -> int:
    from flows.explain import explain

    policy = Target(options.target), Punctuation(options.punctuation)
    colour = options.color == "always" or (options.color == "auto" and _wants_colour())
    return explain(options.file, *policy, as_json=options.json, colour=colour)


def _wants_colour() -> bool:
    """A terminal, and no wish to the contrary (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _report(options: argparse.Namespace) -> int:
    from flows.report import write_report

    return write_report(options.curated, options.output)


def _verify(options: argparse.Namespace) -> int:
    from flows.check import show

    if options.workers is not None and options.workers < 1:
        raise UsageError(f"there must be one worker at least, not {options.workers}")
    return show(options.curated, options.raw, options.workers, as_json=options.json)


def _learn(options: argparse.Namespace) -> int:
    from flows.corpus import learn

    return learn(options.settings, _chosen(options, "raw", "curated"), verbose=options.verbose)


def _dedupe(options: argparse.Namespace) -> int:
    from flows.corpus import dedupe

    return dedupe(options.settings, _chosen(options, "curated", "similarity"), verbose=options.verbose)


def _chosen(options: argparse.Namespace, *names: str) -> dict[str, object]:
    return {name: getattr(options, name) for name in (*names, "runner", "dask_address", "workers")}


def _serve(options: argparse.Namespace) -> int:
    from flows.serve import serve

    crons = {"curate": options.cron, "learn": options.learn_cron, "dedupe": options.dedupe_cron}
    return serve(options.settings, {"raw": options.raw, "curated": options.curated}, crons, options.timezone)


if __name__ == "__main__":
    sys.exit(main())
