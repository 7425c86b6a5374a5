-- The order in which rows changed, for whoever copies messages into another system. A transaction takes its number when it
-- begins and becomes visible when it commits, so a reader stops below the oldest one still under way and misses nothing.

alter table messages add column changed xid8 not null default pg_current_xact_id();
alter table messages add column changed_at timestamptz not null default now();
create index messages_changed on messages (conversation, changed, id);

-- To a new member everything in the conversation is new.
alter table members add column since xid8 not null default pg_current_xact_id();
