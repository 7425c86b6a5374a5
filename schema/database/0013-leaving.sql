-- What people took back when they left: a wish is written in the transaction that answers them, a worker fulfils it epoch by epoch.

create table erasures (
  conversation text not null references conversations on delete cascade,
  "user"       text not null,
  what         text not null check (what in ('receipts', 'everything')),
  -- Earlier epochs are done.
  epoch        integer not null default 0,
  asked_at     timestamptz not null default now(),
  -- A server works on it and says so again and again; when it falls silent, another one goes on.
  claimed_at   timestamptz,
  primary key (conversation, "user")
);

-- Where somebody has written: whoever writes has a writer there.
create index writers_user on writers ("user") where "user" is not null;

-- Of a deleted account the row stays, as the author of what others may still read.
alter table users
  add column deleted_at timestamptz,
  alter column email drop not null,
  add check ((deleted_at is null) = (email is not null));

-- Whoever signed in, or was added to a group, while the account was being deleted: waits for that, and then fails.
create function require_account() returns trigger language plpgsql as $$
begin
  perform from users where id = new."user" and deleted_at is null for key share;
  if not found then raise foreign_key_violation using message = 'The account is deleted'; end if;
  return new;
end $$;
create trigger sessions_of_accounts before insert on sessions for each row execute function require_account();
create trigger accounts_of_users before insert on accounts for each row execute function require_account();
create trigger members_with_accounts before insert on members for each row execute function require_account();
