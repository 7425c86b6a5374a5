-- Files of messages. The bytes lie in a blob store under the id of the row. A row is there before the first byte and until after the
-- last one, so that no bytes are ever without one.

create table files (
  id           text primary key check (id ~ '^[0-9a-z]{25}$'),
  "user"       text not null references users,
  -- Null once the conversation is gone: then the bytes go.
  conversation text references conversations on delete set null,
  -- As the upload was begun with; a message must say the same.
  name         text not null,
  type         text not null,
  size         bigint not null check (size > 0),
  -- What the first bytes say; null when they say nothing.
  sniffed      text,
  -- The message that names it, for ever.
  message      text,
  created_at   timestamptz not null default now(),
  -- All bytes are there.
  completed_at timestamptz,
  -- Nobody reads it any more; its bytes are being removed, then the row.
  erased_at    timestamptz,
  check (message is null or completed_at is not null)
);
create index files_message on files (conversation, message) where message is not null;
create index files_user on files ("user") where erased_at is null;
-- What the sweeper looks for.
create index files_unnamed on files (created_at) where message is null and erased_at is null;
create index files_to_remove on files (id) where erased_at is not null or conversation is null;

-- What a message says of its files.
alter table messages add column files jsonb check (files is null or deleted_at is null);
