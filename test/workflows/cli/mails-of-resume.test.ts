import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { callMain } from './call-main.ts';
import { useRunFolder } from './run-folder.ts';

const place = useRunFolder({ isEmbedded: true });

it('a run that sends its mails again goes on with a mail host alone', async () => {
  const { folder, env, prepareStore } = place();
  await prepareStore();
  const refusing = createServer((_, response) => void response.writeHead(410).end()).listen(0, '127.0.0.1');
  await once(refusing, 'listening');
  onTestFinished(() => void refusing.close());
  const text = `name: tell
locale: en-US
steps:
  - { id: first, uses: notify, with: { message: Go, webhook: "http://127.0.0.1:${(refusing.address() as AddressInfo).port}" } }
  - { id: mail, uses: notify, needs: [first], with: { message: Gone, email: [ann@b.example] } }
`;
  await writeFile(path.join(folder, 'tell.yaml'), text);
  const mails = { SPEECHOPS_SMTP_URL: 'smtp://127.0.0.1:1', SPEECHOPS_MAIL_FROM: 'ops@b.example' };
  const call = async (how: object, ...args: readonly string[]): ReturnType<typeof callMain> =>
    await callMain(args, { cwd: folder, env: { ...env, ...how } });
  const run = await call(mails, 'run', 'tell.yaml', '--run-id', 'a');
  expect([run.code, run.stdout], run.stderr).toEqual([1, expect.stringContaining('mail   skipped')]);
  for (const again of [
    ['resume', 'a'],
    ['fork', 'a', '--from', 'first'],
  ])
    expect(await call({}, ...again)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/error: Set SPEECHOPS_SMTP_URL .*, for the mails of step mail\n$/),
    });
  expect((await call(mails, 'resume', 'a')).code).toBe(1);
});
