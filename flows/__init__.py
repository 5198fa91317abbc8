"""What drives the stages: the Prefect flows, the settings, the command line, the report.

The main job, in the order in which a run meets it: the command (`cli`, with `examples` for its help; `run`), its
`settings`, what there is to do (`survey`, `plan`), the flow (`curate`) that has every shard done as a task run
(`task_runs`) by worker processes (`crew`, in `turns`), the work on one shard (`shard`, each page within its
`deadline`), when what is written becomes visible (`commits`), and what is left of the run (`record`).

Who is told of it: the terminal (`terminal`) and the Prefect UI (`ui`, with `artifacts` and `corpus_pages`), both by way
of `progress`; errors and rejects in sentences are in `reasons`. What Prefect needs around it: `environment` before it
is imported, `embedded` for the server of a run, `serve` for schedules.

The other commands: `fix`, `explain` and `report/` without Prefect; `verify` is the flow, `check` what it does; `learn`
and `dedupe` are flows over the whole corpus (`corpus` is their command), `learning` with `count` and `duplicates` what
they do. Prefect is imported by the modules of flows, `task_runs`, `ui`, `embedded` and `serve`, and by no other.
"""
