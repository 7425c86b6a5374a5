-- What a group says of itself, and links by which people come in.

alter table conversations
  add column description text check (char_length(description) between 1 and 500),
  -- When its title, its description, its members or their roles changed last: devices that may have missed it are told again.
  add column changed_at  timestamptz not null default now(),
  add check (kind = 'group' or description is null);

-- The token of a link is derived from the id and a secret of the servers: nothing here lets anybody in. A link is as good as
-- who made it: it goes with their membership, and works while they are owner or admin.
create table invites (
  id           text primary key,
  conversation text not null,
  "user"       text not null,
  created_at   timestamptz not null default now(),
  expires_at   timestamptz not null,
  max_uses     integer check (max_uses > 0),
  uses         integer not null default 0,
  foreign key (conversation, "user") references members on delete cascade,
  check (uses <= max_uses)
);
create index invites_conversation on invites (conversation, "user");

-- Whom others removed: no link that existed then brings them back.
create table removals (
  conversation text not null references conversations on delete cascade,
  "user"       text not null references users on delete cascade,
  removed_at   timestamptz not null default now(),
  primary key (conversation, "user")
);
create index removals_user on removals ("user");
