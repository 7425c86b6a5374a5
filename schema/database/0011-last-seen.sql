-- When a person's last connection ended; for those who are connected, a recent moment at which they were. Coarse and written
-- in batches: a table of its own, so that people's rows stay as they are.

create table last_seen (
  "user" text primary key references users on delete cascade,
  at     timestamptz not null
) with (fillfactor = 50); -- rows are overwritten for ever: room for it on the same page, and no index on what changes
