"""The stages of the pipeline, one folder a stage, and `page`, where their order stands.

A page goes through `read/`, `decode/`, `repair/`, `script/`, `strip/`, `segment/` and `write/`, in this order, as the
values of `records`; its text is a `ledger`, cut into `lines` where rules go by lines, and gone through by
sets of `chars/`. `learn/` and `dedupe/` look at many pages at once. `errors` are for an environment at fault, `version` is what the tables say made them.
"""
