/** Files in a bucket: the same promises, and what only a bucket can do wrong. */
import { expect, test } from 'vitest';
import { openS3Blobs } from '../files/s3-blobs.ts';
import { startS3 } from '../files/testing-s3.ts';
import { createLog } from '../log.ts';
import { beginUpload, pictureWith, sendBytes } from '../testing/upload.ts';
import { describeFileStorage } from './files.contract.ts';
import { fileScene, head, idOf } from './testing-files.ts';

const log = createLog({ level: 'silent' });

describeFileStorage('a bucket', async () => {
  const s3 = await startS3();
  return {
    blobs: (records) => openS3Blobs({ s3: s3.config, records, log }),
    keys: () => s3.keys(),
    empty: () => s3.empty(),
    break: async () => s3.fail('any'),
    mend: async () => s3.fail(undefined),
    [Symbol.asyncDispose]: () => s3[Symbol.asyncDispose](),
  };
});

test('all parts came and the bucket failed to put them together: the next question does it', async () => {
  await using s3 = await startS3();
  await using s = await fileScene({ blobs: (records) => openS3Blobs({ s3: s3.config, records, log }) });
  const bytes = pictureWith('in parts');
  const id = idOf(await beginUpload(s.asAna, { conversation: s.conversation, bytes }));
  s3.fail('CompleteMultipartUpload');
  expect((await sendBytes(s.asAna, id, bytes)).status).toBe(503);
  expect((await head(s.asAna, id)).status).toBe(503);
  s3.fail(undefined);
  expect((await head(s.asAna, id)).headers.get('upload-offset')).toBe(`${bytes.length}`);
  expect(new Uint8Array(await (await s.asAna('GET', `/api/files/${id}`, {})).arrayBuffer())).toEqual(bytes);
});

test('a bucket that cannot be used is said when the server starts, and one that cannot be reached is waited for', async () => {
  await using s3 = await startS3();
  const records = { find: async () => undefined };
  const lines: string[] = [];
  const heard = createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } });
  const openWith = (change: object) => openS3Blobs({ s3: { ...s3.config, ...change }, records, log: heard });
  await expect(openWith({ bucket: 'other' })).rejects.toThrow('S3_BUCKET cannot be used: there is none of this name.');
  const credentials = { accessKeyId: 'nobody', secretAccessKey: 'wrong' };
  await expect(openWith({ credentials })).rejects.toThrow('S3_BUCKET cannot be used: the credentials may not list it.');
  expect(lines).toEqual([]);
  s3.fail('any');
  await openWith({});
  expect(lines.join()).toContain('cannot be reached');
});
