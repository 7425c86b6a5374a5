/** For tests: two people, a conversation, and what they say to `/api/files`. */
import type { FileId } from '../../schema/document/files.ts';
import type { Send } from '../testing/upload.ts';
import { type Edge, type Person, read, startEdge } from './testing.ts';

export const sendAs =
  (t: Edge, as: Person): Send =>
  (method, path, headers, raw) =>
    t.ask(method, path, { as, headers, ...(raw && { raw }) });

export async function fileScene(options: Parameters<typeof startEdge>[0] = {}) {
  const t = await startEdge(options);
  const ana = await t.signUp('Ana');
  const bo = await t.signUp('Bo');
  const body = { title: 'Sea', memberIds: [bo.id] };
  const { id: conversation } = await read<{ id: string }>(await t.ask('POST', '/api/conversations', { as: ana, body }));
  return { t, ana, bo, conversation, asAna: sendAs(t, ana), asBo: sendAs(t, bo), ...t };
}

export const text = (words: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(words);

export const idOf = (begun: Response): FileId => begun.headers.get('location')?.split('/').at(-1) as FileId;

/** How much of an upload is there. */
export const head = (send: Send, id: string) => send('HEAD', `/api/files/${id}`, { 'tus-resumable': '1.0.0' });

/** The file belongs to a message from now on, as a commit would have it. */
export const name = (t: Edge, id: string) =>
  t.database.pool.query("update files set message = 'a-1' where id = $1", [id]);
