-- Outgoing webhooks: who is to be told over HTTP of what happens in their conversations, what is to be told, and what became of it.

create table webhooks (
  id            text primary key,
  "user"        text not null references users on delete cascade,
  url           text not null check (char_length(url) between 1 and 2048),
  description   text check (char_length(description) between 1 and 200),
  events        text[] not null check (cardinality(events) > 0),
  -- Null: all conversations of the person, those to come included.
  conversations text[] check (cardinality(conversations) > 0),
  -- Of the key that signs. The former one signs, too, until receivers have the new one.
  secret        text not null,
  former_secret text,
  former_until  timestamptz,
  is_enabled    boolean not null default true,
  -- Null while it is enabled, and when its owner disabled it.
  disabled_why  text check (disabled_why in ('gone', 'failing', 'password')),
  -- Since when no attempt has succeeded.
  failing_since timestamptz,
  created_at    timestamptz not null default now(),
  -- When there is something to send, null when there is not: the earliest of its deliveries that wait, but not before `paused_until`,
  -- which a receiver asked for. Whoever sends has a claim, and one webhook is one server's at a time.
  due_at        timestamptz,
  paused_until  timestamptz,
  claim         text,
  claimed_until timestamptz,
  -- Its last round failed or took long: such webhooks queue by themselves, so that they keep nobody else waiting.
  is_slow       boolean not null default false,
  check (not is_enabled or disabled_why is null),
  check ((former_secret is null) = (former_until is null))
);
create index webhooks_user on webhooks ("user");
create index webhooks_due on webhooks (due_at) where due_at is not null;

-- Written by the projector with the rows that changed, and by the trigger below, but only where a webhook might care: what
-- happened, and never any text. No foreign keys: what is gone when its turn comes is told to nobody.
create table webhook_outbox (
  id           bigint generated always as identity primary key,
  what         text not null,
  conversation text not null,
  message      text,
  "user"       text,
  at           timestamptz not null default now()
);

-- One webhook and one event; it stays for a while as a line of the log. `id` is the `webhook-id` of every attempt.
create table webhook_deliveries (
  id              text primary key default 'msg_' || replace(gen_random_uuid()::text, '-', ''),
  place           bigint generated always as identity,
  webhook         text not null references webhooks on delete cascade,
  type            text not null,
  conversation    text,
  message         text,
  "user"          text,
  at              timestamptz not null default now(),
  status          text not null default 'waiting' check (status in ('waiting', 'sent', 'failed', 'dropped')),
  attempts        smallint not null default 0,
  due_at          timestamptz not null default now(),
  ended_at        timestamptz,
  -- Of the last attempt. Nothing of what the receiver answered is kept: it may repeat what it was told.
  response_status smallint,
  duration_ms     integer,
  error           text,
  check ((status = 'waiting') = (ended_at is null))
);
create unique index webhook_deliveries_log on webhook_deliveries (webhook, place);
create index webhook_deliveries_waiting on webhook_deliveries (webhook, due_at, place) where status = 'waiting';
create index webhook_deliveries_ended on webhook_deliveries (ended_at) where ended_at is not null;

create function note_membership() returns trigger language plpgsql as $$
begin
  insert into webhook_outbox (what, conversation, "user")
  select case tg_op when 'INSERT' then 'conversation.member_added' else 'conversation.member_removed' end,
    coalesce(new.conversation, old.conversation), coalesce(new."user", old."user")
  where exists (select from members m join webhooks w on w."user" = m."user"
                 where m.conversation = coalesce(new.conversation, old.conversation) and w.is_enabled);
  return null;
end $$;
create trigger members_noted after insert or delete on members for each row execute function note_membership();

-- Keys may manage webhooks, if they were made for that.
alter table api_keys
  drop constraint api_keys_scopes_check,
  add check (scopes <@ array['read', 'write', 'export', 'webhooks'] and cardinality(scopes) > 0);
