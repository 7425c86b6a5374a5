-- What a person has read of each document: the highest clock of each writer, as their receipt says it. With it the unread
-- messages are found by a walk over the writers of the newest document read, not over the messages. Made from entries.

create table read_clocks (
  conversation text not null references conversations on delete cascade,
  "user"       text not null references users on delete cascade,
  epoch        integer not null,
  writer       bigint not null,
  clock        bigint not null,
  primary key (conversation, "user", epoch, writer)
);

insert into read_clocks (conversation, "user", epoch, writer, clock)
  select m.conversation, r."user", m.epoch, m.writer, max(m.clock)
  from read_receipts r join messages m on m.conversation = r.conversation and m.id = r.message
  group by m.conversation, r."user", m.epoch, m.writer;

-- A receipt speaks of one document.
drop index messages_writer;
create index messages_writer on messages (conversation, epoch, writer, clock);
