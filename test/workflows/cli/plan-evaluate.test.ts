import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResultsDocument } from '../../../schemas/types.gen.ts';
import { startEmulator, type Emulator } from '../../../emulator/start-emulator.ts';
import { trialProperty } from '../../../workflows/plan/trial.ts';
import { acousticZip, recordings } from '../../emulator/acoustic-zip.ts';
import { Client, idOf } from '../../emulator/client.ts';
import { ward, wardNotes } from '../../emulator/recognition/spoken-texts.ts';
import { callMain, type Called } from './call-main.ts';

let folder: string;
let emulator: Emulator;
let client: Client;

/** Endpoint `ward` serves the base model; text that would make it better is new. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-evaluate-'));
  emulator = await startEmulator({ speed: 3000 });
  client = new Client(emulator);
  const test = await client.dataset({ kind: 'Acoustic' }, acousticZip(recordings('test', ward.slice(0, 12))));
  await writeFile(path.join(folder, 'text.txt'), `${wardNotes.join('\n')}\n`);
  await writeFile(
    path.join(folder, 'p.yaml'),
    `name: p
locale: en-US
project: Wards
concurrency: wards
steps:
  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }
  - { id: renew, uses: train, with: { datasets: ["\${{ steps.text.outputs.dataset }}"] } }
  - { id: candidate, uses: evaluate, with: { dataset: ${idOf(test.self)}, model: "\${{ steps.renew.outputs.model }}", against: base } }
  - { id: ask, uses: approve, with: { message: Live? }, needs: [candidate] }
  - { id: live, uses: swap, needs: [ask], with: { endpoint: ward, create: true, model: "\${{ steps.renew.outputs.model }}" } }
finally:
  - { id: tell, uses: approve, with: { message: Seen? } }
`,
  );
});
afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

async function speechops(
  args: readonly string[],
  options: { readonly signal?: AbortSignal; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Called> {
  const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key, ...options.env };
  return await callMain(args, { cwd: folder, ...options, env });
}

async function objects(): Promise<string> {
  const all = ['/endpoints', '/models', '/datasets', '/evaluations', '/projects'];
  return JSON.stringify(await Promise.all(all.map(async (one) => (await client.get(one)).body.values)));
}

describe('plan --evaluate', () => {
  it('measures what the plan would decide by, and leaves nothing behind', async () => {
    const before = await objects();
    const { code, stdout, stderr } = await speechops(['plan', 'p.yaml', '--evaluate', '--results', 'results.json']);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/Removed what the trial \S+ has made\n$/)]);
    expect(stdout).toContain('renew');
    const results = JSON.parse(await readFile(path.join(folder, 'results.json'), 'utf8')) as ResultsDocument;
    expect(results.steps.map(({ id, status }) => [id, status])).toEqual([
      ['text', 'succeeded'],
      ['renew', 'succeeded'],
      ['candidate', 'succeeded'],
    ]);
    const [set] = results.sets;
    expect(set?.utterances).toHaveLength(12);
    expect(set!.rate.value ?? 1).toBeLessThan(set!.againstRate!.value ?? 0);
    expect(await objects()).toBe(before);
  });

  it('removes what it made also when a step fails, and when it is stopped', async () => {
    const before = await objects();
    await client.addFault({ operation: 'Models_Create', kind: 'entity-failed', count: 1 });
    const failed = await speechops(['plan', 'p.yaml', '--evaluate', '--results', 'failed.json']);
    expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('Removed what the trial')]);
    const { steps } = JSON.parse(await readFile(path.join(folder, 'failed.json'), 'utf8')) as ResultsDocument;
    expect(steps.map(({ status }) => status)).toEqual(['succeeded', 'failed', 'skipped']);
    expect(await objects()).toBe(before);

    const stopped = new AbortController();
    const calling = speechops(['plan', 'p.yaml', '--evaluate', '--results', 'stopped.json'], {
      signal: stopped.signal,
    });
    await expect.poll(async () => (await objects()).includes(trialProperty), { timeout: 120_000 }).toBe(true);
    stopped.abort();
    const { code, stderr } = await calling;
    expect([code, stderr]).toEqual([3, expect.stringContaining('Removed what the trial')]);
    expect(await objects()).toBe(before);
  });

  describe('without variables that are set where a run is executed', () => {
    const secret = 'SHARE: { secret: true }, TEAMS: { secret: true }';
    const told = 'with: { message: Better, teams: "${{ env.TEAMS }}" }';
    const evaluate = async (
      name: string,
      env: Readonly<Record<string, string>> = {},
    ): Promise<Called & { readonly measured: readonly string[] }> => {
      const results = path.join(folder, 'lacking.json');
      await rm(results, { force: true });
      const called = await speechops(['plan', name, '--evaluate', '--results', results], { env });
      const document = JSON.parse(await readFile(results, 'utf8').catch(() => '{"steps":[]}')) as ResultsDocument;
      return { ...called, measured: document.steps.map(({ id, status }) => `${id} ${status}`) };
    };

    it('measures, says what a run lacks, and tells nobody', async () => {
      const before = await objects();
      const text = (await readFile(path.join(folder, 'p.yaml'), 'utf8'))
        .replace('steps:', `env: { ${secret}, ROOM: {} }\nnotify: { teams: "\${{ env.TEAMS }}" }\nsteps:`)
        .replace(
          'finally:',
          `  - { id: better, uses: notify, needs: [candidate], ${told} }
  - { id: room, uses: notify, with: { message: Hello, webhook: "\${{ env.ROOM }}" } }
  - { id: far, uses: upload, with: { kind: Language, from: "https://a.example/x.txt?\${{ env.SHARE }}" } }
finally:`,
        );
      await writeFile(path.join(folder, 'told.yaml'), text);
      const measured = ['text succeeded', 'renew succeeded', 'candidate succeeded'];
      const without = await evaluate('told.yaml');
      expect(without).toMatchObject({ code: 1, measured });
      for (const said of [
        /^ {2}better +! fail +Set the secret variable TEAMS where the run is executed/m,
        /^ {2}notify-ask +! fail +Set the secret variable TEAMS where/m,
        /^ {2}room +! fail +Set ROOM in the environment of the run/m,
      ])
        expect(without.stdout).toMatch(said);
      expect(without.stderr).toMatch(/^warning: step far is not done before the measurement: Set .* variable SHARE/m);
      expect(without.stderr).not.toContain('TEAMS where');

      const ran = await speechops(['run', 'told.yaml'], {
        env: { SHARE: 'sig=of-a-share', ROOM: 'https://a.example' },
      });
      expect([ran.code, ran.stderr]).toEqual([
        1,
        expect.stringMatching(/error: Set the secret variable TEAMS .*nothing/),
      ]);
      expect(await objects()).toBe(before);
    });

    it('sends no message where the address is set', async () => {
      const text = await readFile(path.join(folder, 'told.yaml'), 'utf8');
      await writeFile(path.join(folder, 'told.yaml'), text.replace(/^ {2}- \{ id: (room|far),.*\n/gm, ''));
      // A message that is sent there fails, which would be a step of the record.
      const { code, measured } = await evaluate('told.yaml', { TEAMS: 'https://127.0.0.1:9/workflow' });
      expect([code, measured]).toEqual([0, ['text succeeded', 'renew succeeded', 'candidate succeeded']]);
    });

    it('is refused where nothing can be measured without them, and where a step would fail in any case', async () => {
      const before = await objects();
      const measure =
        '- { id: known, uses: evaluate, with: { dataset: "${{ steps.calls.outputs.dataset }}", model: base } }';
      const upload = '- { id: calls, uses: upload, with: { kind: Acoustic, from: "${{ env.SHARE }}" } }';
      const text = `name: n\nlocale: en-US\nenv: { ${secret} }\nsteps:\n  ${upload}\n  ${measure}\n`;
      await writeFile(path.join(folder, 'none.yaml'), `${text}  - { id: tell, uses: notify, ${told} }\n`);
      const none = await evaluate('none.yaml');
      expect([none.code, none.measured, none.stderr]).toEqual([
        1,
        [],
        expect.stringContaining('error: Set the secret variable SHARE where the run is executed'),
      ]);

      const broken = (await readFile(path.join(folder, 'p.yaml'), 'utf8')).replace('create: true, ', '');
      await writeFile(path.join(folder, 'broken.yaml'), broken);
      const failing = await evaluate('broken.yaml');
      expect([failing.code, failing.measured, failing.stderr]).toEqual([
        1,
        [],
        expect.stringContaining('Nothing was measured: this plan may not be done'),
      ]);
      expect(await objects()).toBe(before);
    });
  });

  it('needs something to measure, and a place for it', async () => {
    await writeFile(
      path.join(folder, 'swap.yaml'),
      'name: s\nlocale: en-US\nsteps: [{ id: live, uses: swap, with: { endpoint: w, create: true, model: base } }]\n',
    );
    expect(await speechops(['plan', 'swap.yaml', '--evaluate', '--results', 'x.json'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Leave out --evaluate, or let a step of the pipeline evaluate') as string,
    });
    expect(await speechops(['plan', 'p.yaml', '--evaluate'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Say with --results where') as string,
    });
  });
});
