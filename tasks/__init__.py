"""The stages of the pipeline, one folder a stage, and `page`, where their order stands.

A page goes through `read/`, `decode/`, `repair/`, `script/`, `strip/`, `segment/` and `write/`, in this order, as the
values of `records`. Its text is a `ledger`, cut into `lines` where rules go by lines. What two stages know stands
beside them: lines that head the parts of a `series`, and `surnames`; for all stages there are `chars/`, sets of
characters, and `expressions`, regular ones that few pages need. `learn/` and `dedupe/` look at many pages at once.
`errors` are for an environment at fault, `version` is what the tables say made them.
"""
