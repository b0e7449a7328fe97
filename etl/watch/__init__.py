"""What operators look at: the calendar of what is loaded, usual volumes, silence, alarms.

| module | gives |
|---|---|
| `calendar` | `read_calendar(…)`: sources by days, each loaded, partial, failed or missing, with its volume |
| `baseline` | `usual(…)`: what a source gives on such a day of the week |
| `page` | the calendar and the last runs as one HTML page |

Nothing here writes articles; `flows/` shows what is found in Prefect and on the command line.
"""
