-- What programs use that are not the app: keys that let them act as the account that made them, and what a repeated POST
-- is compared with.

-- Of a key only its hash is stored: 256 random bits cannot be guessed, so a fast hash is enough.
create table api_keys (
  id         text primary key,
  "user"     text not null references users on delete cascade,
  name       text not null check (char_length(name) between 1 and 100),
  hash       bytea not null unique check (octet_length(hash) = 32),
  -- The beginning, by which people recognise a key.
  start      text not null,
  scopes     text[] not null check (scopes <@ array['read', 'write', 'export'] and cardinality(scopes) > 0),
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  used_at    timestamptz
);
create index api_keys_user on api_keys ("user");

-- Sixteen bits of a hash of what was posted: they tell a key that is used for something else, and of a text that was deleted
-- since they tell next to nothing.
alter table idempotency_keys add column fingerprint integer;
