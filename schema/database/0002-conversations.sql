-- Conversations, their documents and the durable order of updates.

create table conversations (
  id          text primary key,
  kind        text not null check (kind in ('direct', 'group')),
  title       text check (char_length(title) between 1 and 120),
  epoch       integer not null default 0 check (epoch >= 0),
  -- The two user ids of a direct conversation, sorted: asked for twice, it is the same one.
  direct_key  text unique,
  created_at  timestamptz not null default now(),
  check ((kind = 'direct') = (direct_key is not null)),
  check (kind = 'group' or title is null)
);

create table members (
  conversation text not null references conversations on delete cascade,
  "user"       text not null references users on delete cascade,
  role         text not null check (role in ('owner', 'admin', 'member')),
  joined_at    timestamptz not null default now(),
  primary key (conversation, "user")
);
create index members_user on members ("user");

-- One Y.Doc of a conversation's chain. `head` is the last seq of its journal. `membership` counts changes of the
-- conversation's members and roles: a commit names the count its judgement rests on, so nobody writes after losing a right.
-- `projected` and `erased` are the cursors of the workers: relational rows are made up to the one, and entries up to the
-- other must be merged away because a text in them was edited or deleted.
create table documents (
  id           text primary key,
  conversation text not null references conversations on delete cascade,
  epoch        integer not null,
  generation   text not null,
  head         bigint not null default 0,
  membership   bigint not null default 0,
  projected    bigint not null default 0,
  erased       bigint not null default 0,
  unique (conversation, epoch),
  check (projected <= head and erased <= head)
) with (fillfactor = 50); -- every commit updates its row: room for it on the same page, and no index on what changes

create function count_membership() returns trigger language plpgsql as $$
begin
  update documents set membership = membership + 1
    where conversation = coalesce(new.conversation, old.conversation);
  return null;
end $$;
create trigger members_counted after insert or update or delete on members
  for each row execute function count_membership();

-- A writer (Yjs clientID) is bound to one user at first use, for ever; null is a server.
create table writers (
  conversation text not null references conversations on delete cascade,
  client_id    bigint not null check (client_id between 0 and 4294967295),
  "user"       text,
  epoch        integer not null,
  primary key (conversation, client_id)
);

-- The durable ordered updates, gapless per document. No foreign key on the hot path: an entry is only ever inserted by the
-- statement that advances its document's head.
create table journal (
  document     text not null,
  seq          bigint not null,
  "update"     bytea not null,
  "user"       text,
  committed_at timestamptz not null default now(),
  primary key (document, seq)
);

-- Merged document at a seq. Loading a document is its newest snapshot and the entries after it.
create table snapshots (
  document   text not null references documents on delete cascade,
  seq        bigint not null,
  state      bytea not null,
  created_at timestamptz not null default now(),
  primary key (document, seq)
);

create function delete_journal() returns trigger language plpgsql as $$
begin
  delete from journal where document = old.id;
  return null;
end $$;
create trigger documents_deleted after delete on documents
  for each row execute function delete_journal();

-- The answer to a POST that carried an Idempotency-Key, written in the commit that holds the message.
create table idempotency_keys (
  "user"       text not null references users on delete cascade,
  key          text not null check (char_length(key) between 1 and 255),
  conversation text not null references conversations on delete cascade,
  message      text not null,
  seq          bigint not null,
  created_at   timestamptz not null default now(),
  primary key ("user", key)
);
