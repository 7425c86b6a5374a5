-- Messages that members hold up for everybody in a conversation. A deleted message takes its pin along: the projection sees every tombstone.
create table pins (
  conversation text not null references conversations on delete cascade,
  message      text not null,
  "user"       text not null references users,
  pinned_at    timestamptz not null default clock_timestamp(),
  primary key (conversation, message)
);
