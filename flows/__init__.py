"""What drives the stages: the Prefect flows, the settings, the command line, the report.

**A run**, in the order in which it meets its modules: the command (`cli`, with `examples` for its help; `run`), its
`settings`, what there is to do (`survey`, `plan`), the flow (`curate`), which has every shard done as a task run
(`task_runs`) by worker processes (`crew`, in `turns`), what those are given and say (`jobs`), the work on one shard
(`shard`, each page within its `deadline`), when what is written becomes visible (`commits`), and what is left of the
run (`record`).

**Who is told of it**: the terminal (`terminal`) and the Prefect UI (`ui`, with `artifacts`), both by way of `progress`.
Errors and rejects are said in sentences (`reasons`), also those for `faults` of ours; text of pages is made `harmless`
first.

**What Prefect needs**: `environment`, set before it is imported; `embedded`, the server that a run starts for itself;
`serve` for schedules. Prefect is imported by the modules of flows, `task_runs`, `ui`, `embedded` and `serve`, and by no
other.

**The other commands**: `fix`, `explain` and `report/`, without Prefect. `verify` is a flow, `check` is what it does.
`learn` and `dedupe` are flows over the whole corpus: `corpus` is their command, `learning` (with `count`) and
`duplicates` are what they do.
"""
