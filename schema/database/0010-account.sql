-- Account documents (`u.<user>`) beside those of conversations: made when their owner opens them first.

alter table documents alter column conversation drop not null;
alter table documents add column "user" text unique references users on delete cascade;
alter table documents add check ((conversation is null) <> ("user" is null));

-- What an account document says about privacy, written by the commit that changes it. No row: everything is on.
create table user_settings (
  "user"   text primary key references users on delete cascade,
  receipts boolean not null default true,
  presence boolean not null default true,
  typing   boolean not null default true
);

-- Read by somebody who hides receipts: for the unread counts of their own devices. It comes from the account document, so
-- rows made again from the conversation leave it alone.
alter table read_clocks add column is_private boolean not null default false;
