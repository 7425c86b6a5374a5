-- Push: where notifications go, what is to be told, and what was told to whom.

-- A device that can be told. It belongs to a session and goes with it: signing out, revocation and the end of the account.
create table push_targets (
  id         text primary key,
  "user"     text not null references users on delete cascade,
  session    text not null references sessions on delete cascade,
  platform   text not null check (platform in ('web', 'android', 'ios', 'webpush')),
  token      text not null unique check (char_length(token) between 1 and 2048),
  created_at timestamptz not null default now(),
  seen_at    timestamptz not null default now()
);
create index push_targets_user on push_targets ("user");
create index push_targets_session on push_targets (session);

-- Written by the statement that commits an entry, one row an entry, and only if somebody could be told: no foreign keys on
-- the hot path. `message`: the entry has new messages of "user". `deleted`: text was deleted that somebody may have been told.
-- `read`: "user" has read what may have been told to them.
create table push_outbox (
  id           bigint generated always as identity primary key,
  conversation text not null,
  what         text not null check (what in ('message', 'deleted', 'read')),
  epoch        integer,
  seq          bigint,
  "user"       text,
  due_at       timestamptz not null default now(),
  check (what <> 'message' or seq is not null and epoch is not null)
);
create index push_outbox_due on push_outbox (due_at);

-- One target and one message, or one withdrawal (`message` is null). It stays after it was sent, until the message is read or
-- deleted: so nobody is told twice, and it is known what is to be withdrawn. A server that sends it has a claim, and `due_at` is when
-- that lapses.
create table push_deliveries (
  id           bigint generated always as identity primary key,
  target       text not null references push_targets on delete cascade,
  "user"       text not null,
  conversation text not null references conversations on delete cascade,
  transport    text not null check (transport in ('fcm', 'webpush')),
  message      text,
  withdrawn    text[],
  claim        text,
  attempts     smallint not null default 0,
  created_at   timestamptz not null default now(),
  due_at       timestamptz not null default now(),
  sent_at      timestamptz,
  unique (target, message),
  check ((message is null) = (withdrawn is not null))
);
create index push_deliveries_due on push_deliveries (transport, due_at) where sent_at is null;
create index push_deliveries_told on push_deliveries (conversation, "user");

-- What account documents say of notifications, written by the commits that change it. Quiet: minutes since midnight of the zone.
alter table user_settings
  add column push_preview boolean not null default true,
  add column quiet_from   smallint check (quiet_from between 0 and 1439),
  add column quiet_to     smallint check (quiet_to between 0 and 1439),
  add column quiet_zone   text,
  add check ((quiet_from is null) = (quiet_to is null) and (quiet_from is null) = (quiet_zone is null));
create table muted_conversations (
  "user"       text not null references users on delete cascade,
  conversation text not null,
  primary key ("user", conversation)
);
