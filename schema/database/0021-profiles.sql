-- What people say of themselves, and pictures of people and groups.

alter table users add column status text check (char_length(status) between 1 and 100);

-- One a person or group. The id is made of whose it is and of the bytes: what is under it never changes, so it may be kept for ever,
-- and what is replaced or removed is gone from here.
create table pictures (
  id           text primary key check (id ~ '^[0-9a-f]{40}$'),
  "user"       text unique references users on delete cascade,
  conversation text unique references conversations on delete cascade,
  type         text not null check (type in ('image/jpeg', 'image/png', 'image/webp')),
  bytes        bytea not null check (octet_length(bytes) between 1 and 65536),
  check (("user" is null) <> (conversation is null))
);
-- They are compressed already.
alter table pictures alter column bytes set storage external;
