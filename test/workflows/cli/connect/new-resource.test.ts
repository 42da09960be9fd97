import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createHttpHeaders, type PipelineRequest, RestError } from '@azure/core-rest-pipeline';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { jumpingClock } from '../../engine/test-clocks.ts';
import { callMain } from '../call-main.ts';

const host = 'calls.cognitiveservices.azure.com';
const network = vi.hoisted(() => ({ answer: (): number | undefined => undefined }));
let folder: string;

vi.mock('@azure/core-rest-pipeline', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  createDefaultHttpClient: () => ({
    async sendRequest(request: PipelineRequest) {
      const status = network.answer();
      if (status === undefined) throw new RestError('getaddrinfo', { code: 'ENOTFOUND', request });
      return { status, bodyAsText: '{}', headers: createHttpHeaders(), request };
    },
  }),
}));
vi.mock('@azure/identity', () => ({
  DefaultAzureCredential: class {
    async getToken() {
      return { token: 'a-token', expiresOnTimestamp: Date.now() + 3_600_000_000 };
    }
  },
}));

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-new-'));
  await writeFile(path.join(folder, 'text.txt'), 'good morning\n');
  await writeFile(
    path.join(folder, 'p.yaml'),
    'name: p\nlocale: en-US\nsteps: [{ id: text, uses: upload, with: { kind: Language, from: text.txt } }]\n',
  );
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

/** The name is known after two minutes, the role holds after four, and then the service refuses. */
async function call(command: string, env: Readonly<Record<string, string>> = {}) {
  const clock = jumpingClock();
  const seconds = (): number => clock.slept.reduce((sum, pause) => sum + pause, 0);
  // Several requests sleep side by side, and this clock adds their pauses up.
  const minutes = (): number => seconds() / 60;
  network.answer = () => (minutes() < 2 ? undefined : minutes() < 4 ? 401 : 400);
  const options = { cwd: folder, env: { SPEECHOPS_ENDPOINT: `https://${host}`, ...env }, clock };
  return { ...(await callMain([command, 'p.yaml'], options)), seconds: seconds() };
}

it('run waits for a resource that was just made, and says for what', async () => {
  const { code, stderr } = await call('run');
  expect(code).toBe(3);
  expect(stderr.split('\n')).toEqual([
    expect.stringMatching(`^waiting for the name ${host} to be known`),
    expect.stringMatching(`^waiting for the role of the identity on ${host}`),
    `${host} answers`,
    expect.stringMatching(/^error: Cannot list .*: the answer is 400/),
    '',
  ]);
});

it('plan, which people wait for, does not wait', async () => {
  const { code, stderr, seconds } = await call('plan');
  expect([code, stderr]).toEqual([3, expect.stringMatching(/^error: Cannot list .* \(ENOTFOUND\)/)]);
  expect(seconds).toBeLessThan(60);
});

it('a wrong key is told as soon as the name is known', async () => {
  const { code, stderr } = await call('run', { SPEECHOPS_KEY: 'a-wrong-key' });
  expect([code, stderr]).toEqual([3, expect.stringMatching(/\nerror: Cannot list .*: the answer is 401.*a key of/)]);
  expect(stderr).not.toContain('the role');
});
