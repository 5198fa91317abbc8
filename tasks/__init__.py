"""The stages of the pipeline, one folder a stage, and `page`, where their order stands.

A page goes through `read/`, `decode/`, `repair/`, `script/`, `strip/`, `segment/` and `write/`, in this order, as the
values of `records`; its text is a `ledger`, cut into `lines` where rules go by lines; lines that head the parts of a
`series`, and `surnames`, are known to two stages. `learn/` and `dedupe/` look at many pages at once, `chars/` are sets
of characters for all stages. `errors` are for an environment at fault, `version`
is what the tables say made them.
"""
