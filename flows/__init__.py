"""What drives the stages: the Prefect flow, the settings, the command line, the report."""
