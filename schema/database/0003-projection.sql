-- Relational rows made from journal entries by the projector; they can be made again at any time.

create table messages (
  conversation      text not null references conversations on delete cascade,
  id                text not null,
  epoch             integer not null,
  -- The writer and clock in the id, for receipts, which are vectors of clocks.
  writer            bigint not null,
  clock             bigint not null,
  -- The entry that brought the message and its place in it: the order in which messages became durable.
  seq               bigint not null,
  ordinal           integer not null,
  sender            text not null,
  body              text,
  re                text,
  sent_at           timestamptz not null,
  committed_at      timestamptz not null,
  edited_at         timestamptz,
  deleted_at        timestamptz,
  deleted_by        text,
  is_edited         boolean not null generated always as (edited_at is not null) stored,
  is_encrypted      boolean not null default false,
  encryption_key_id text,
  primary key (conversation, id),
  check ((deleted_at is null) = (body is not null)),
  check ((deleted_at is null) = (deleted_by is null)),
  check (deleted_at is null or re is null)
);
create unique index messages_order on messages (conversation, epoch, seq, ordinal);
create index messages_writer on messages (conversation, writer, clock);

create table read_receipts (
  conversation text not null,
  message      text not null,
  "user"       text not null references users on delete cascade,
  read_at      timestamptz not null,
  primary key (conversation, message, "user"),
  foreign key (conversation, message) references messages on delete cascade
);
