-- What people gave a message: user id → emoji; null when nobody gave any. Beside the message, so that a reaction changes its row, and
-- whoever copies messages into another system hears of it.
alter table messages add column reactions jsonb check (deleted_at is null or reactions is null);
