-- A document is closed when its conversation has a later epoch. Loading one reads the writers of its own epoch only: a
-- conversation of a thousand epochs has a hundred thousand writers.

create index writers_epoch on writers (conversation, epoch);
