"""The third room: articles into MongoDB, and the books of it. The only room that knows pymongo.

| module | gives |
|---|---|
| `store` | `connect`, `connected`, `Store`: a database that was looked at before it is used |
| `schema` | `Schema.read(folder)`, `.prepare(store)` before a load, `.finish(store)` after a first one |
| `articles` | `ArticleSink(store)`: `.plan(articles)`, `.apply(plan)` |
| `quarantine` | `Quarantine(store)`, `Selection`, `Entry`: what was rejected, with its bytes |
| `ledger` | `Ledger(store)`, `load_id(stamp)`: which dump contents are loaded, with their books |
| `small_ledger` | `SmallLedger(store)`: the same of small whole dumps, many at once |
| `runs` | `Runs(store)`, `Run`: the report of every run |
| `coverage` | `coverage(store)`: sources by days |
| `local_mongo` | `EmbeddedMongo`: a server of our own |

Inside: `merge` (pure: what becomes of a key's articles), `plan` (a batch, key by key), `encode` (to BSON,
or a rejection), `lookup` (what stands), `round` (the order of writes), `revisions` (the other versions),
`writes` (batches that may be repeated), `decided` (outcomes that several loaders amend), `entries` (the
ledger's records) and `bookkeeping` (what its two ways have in common), `retry` over `taxonomy` (which errors
pass, which a record causes, which stop the run) and `refusals` (errors in words), `preflight` (the first look
at a server).

Blocks of records go in like this:

1. `plan = sink.plan(articles)`: the outcomes are decided, nothing is written;
2. `intents = ledger.intend_many(load, stamp, [BlockPlan(number, counts, letters), …])`;
3. `quarantine.write(stamp, rejections)`;
4. `outcomes = sink.apply(plan, thorough=…, intended=…, amend=…, recall=…)`: whether an intent is resumed,
   and what its `Decided.block(store, load, number, intent, letters)` says;
5. `ledger.acknowledge_many(load, [BlockDone(number, counts), …])`, the counts taken from `outcomes`.

Every step may be repeated, and the process may die between and within them: the blocks are then taken
through all of them again, and end with the same documents and the same counts.
"""
