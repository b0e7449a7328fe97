"""What is loaded, by source and day, and how the last runs went.

Example: article-etl status --from 2026-03-01 --to 2026-03-07
"""
