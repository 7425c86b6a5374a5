-- When a session was last used, written coarsely (every few minutes), and whether a socket of it was open then. A server
-- that dies leaves `is_open` behind, with a time that grows old.

alter table sessions add column seen_at timestamptz;
update sessions set seen_at = updated_at;
alter table sessions alter column seen_at set default now(), alter column seen_at set not null;
alter table sessions add column is_open boolean not null default false;
