-- Who runs an installation, what they did, and how long messages are kept.

alter table users
  add column is_admin       boolean not null default false,
  -- Until it is taken back: no sign-in, no key, no push, no message.
  add column deactivated_at timestamptz,
  add check (deleted_at is null or not is_admin and deactivated_at is null);
create index users_admins on users (id) where is_admin;

-- Every administrative act, written by the transaction that does it, and never changed. Ids only: who is deleted leaves no name.
create table audit_log (
  id      bigint generated always as identity primary key,
  at      timestamptz not null default now(),
  -- The account that did it; null: somebody with a command, or the installation itself.
  actor   text,
  via     text not null check (via in ('api', 'command', 'server')),
  -- A network address, or user@machine.
  origin  text not null,
  action  text not null,
  -- The account, conversation or file it was done to.
  subject text,
  detail  jsonb not null default '{}',
  check ((actor is not null) = (via = 'api'))
);

create function keep_audit_log() returns trigger language plpgsql as $$
begin
  raise insufficient_privilege using message = 'The audit log is only ever added to';
end $$;
create trigger audit_log_rows_kept before update or delete on audit_log for each row execute function keep_audit_log();
create trigger audit_log_kept before truncate on audit_log for each statement execute function keep_audit_log();

-- Who comes first runs the installation. Two who come first at the same moment wait for each other, and then one is second.
create function name_first_admin() returns trigger language plpgsql as $$
begin
  if exists (select from accounts where id <> new.id) then return null; end if;
  perform pg_advisory_xact_lock(1952018017, 1);
  if exists (select from accounts where id <> new.id) then return null; end if;
  update users set is_admin = true where id = new."user";
  insert into audit_log (via, origin, action, subject) values ('server', 'the first account', 'account.make-admin', new."user");
  return null;
end $$;
create trigger accounts_first after insert on accounts for each row execute function name_first_admin();

-- Whoever signs in while the account is being deactivated: waits for that, and then fails.
create function require_active_account() returns trigger language plpgsql as $$
begin
  perform from users where id = new."user" and deleted_at is null and deactivated_at is null for key share;
  if not found then raise foreign_key_violation using message = 'The account is deleted or deactivated'; end if;
  return new;
end $$;
drop trigger sessions_of_accounts on sessions;
create trigger sessions_of_accounts before insert on sessions for each row execute function require_active_account();

-- A password that was changed may have been known to others, who made keys with it, or webhooks that go on telling them
-- everything: whatever changes it ends both.
create function end_what_a_password_made() returns trigger language plpgsql as $$
begin
  delete from api_keys where "user" = new."user";
  with ended as (
    update webhooks set is_enabled = false, disabled_why = 'password', due_at = null, paused_until = null
    where "user" = new."user" and is_enabled returning id
  )
  update webhook_deliveries d set status = 'dropped', error = 'DISABLED', ended_at = now()
  from ended where d.webhook = ended.id and d.status = 'waiting';
  return null;
end $$;
create trigger accounts_password_changed after update of password on accounts for each row
  when (old.password is distinct from new.password) execute function end_what_a_password_made();

-- Days after which messages are deleted; 0 is never. Of a conversation null is what holds for the installation.
create table installation (
  is_only        boolean primary key default true check (is_only),
  retention_days integer not null default 0 check (retention_days between 0 and 36500)
);
insert into installation default values;
alter table conversations
  add column retention_days integer check (retention_days between 0 and 36500),
  -- Epochs before it hold no text any more, so retention does not look there.
  add column expired_epoch  integer not null default 0;
