/** How many messages somebody has not read in a conversation, as an expression of SQL over the projected rows. */
import { MAX_COUNTED_UNREAD } from '../../schema/limits.ts';

// Whoever has read in an epoch has read all earlier ones. From the newest epoch read on, the index is walked from writer to
// writer and, of each, over what comes after the clock that was read: the cost is that of writers and unread messages.
export const unreadIn = (conversation: string, user: string) => `(
  select count(*)::int from (
    with recursive written as (
      (select epoch, writer, sender from messages m
       where conversation = ${conversation} and epoch >= coalesce((
         select epoch from read_clocks where conversation = ${conversation} and "user" = ${user} order by epoch desc limit 1), 0)
       order by epoch, writer, clock limit 1)
      union all
      select next.* from written w cross join lateral (
        select epoch, writer, sender from messages m
        where conversation = ${conversation} and (m.epoch, m.writer) > (w.epoch, w.writer)
        order by epoch, writer, clock limit 1) next
    )
    select from written w
    cross join lateral (
      select from messages m
      where conversation = ${conversation} and m.epoch = w.epoch and m.writer = w.writer and deleted_at is null
        and m.clock > coalesce((
          select clock from read_clocks k
          where conversation = ${conversation} and "user" = ${user} and k.epoch = w.epoch and k.writer = w.writer), -1)
    ) unread
    where w.sender <> ${user} limit ${MAX_COUNTED_UNREAD}) counted)`;
