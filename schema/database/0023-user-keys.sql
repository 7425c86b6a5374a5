-- Public keys that a person's devices encrypt for; `messages.encryption_key_id` names one. No server reads a key or writes one:
-- the names are fixed for programs and later versions that encrypt. Several a person, as keys are replaced and old messages keep theirs.
create table user_keys (
  id                    text primary key,
  "user"                text not null references users on delete cascade,
  public_encryption_key text not null,
  created_at            timestamptz not null default clock_timestamp()
);
create index user_keys_user on user_keys ("user");
