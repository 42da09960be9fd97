import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { writeSet } from '../../../data-sets/make-set.ts';
import { startEmulator } from '../../../../emulator/index.ts';
import { createLocalData } from '../../../../workflows/data/local-data.ts';
import { digestProperty, entityId } from '../../../../workflows/plan/identity.ts';
import { datasetDigest } from '../../../../workflows/steps/upload/uploaded-dataset.ts';
import { callMain } from '../call-main.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-data-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
});

describe('speechops data check', () => {
  it('shows the line of a text with what is meant, and counts what is not shown', async () => {
    await writeSet(folder, { 'text.txt': { text: 'ask us\nsee www.contoso.com today\n', repeat: 30 } });
    const args = ['data', 'check', 'text.txt', '--kind', 'Language', '--locale', 'en-US'];
    const { code, stdout, stderr } = await callMain(args, { cwd: folder });
    expect(stdout).toContain(`text.txt:2:5: The service rejects this line: it has a URI [uri]
    see www.contoso.com today
        ^~~~~~~~~~~~~~~
`);
    expect(stdout).toContain('text.txt:42:1: 10 more of these are not shown, the first of them here [uri]\n');
    expect(stdout).not.toContain('… and');
    expect(stderr).toBe('text.txt: 30 errors, 1 warning; the service would reject 30 of 60 lines\n');
    expect(code).toBe(1);
  });

  it('says that no line is left', async () => {
    await writeSet(folder, { 'pron.txt': 'IEEE i triple e\n' });
    const args = ['data', 'check', 'pron.txt', '--kind', 'Pronunciation', '--locale', 'en-US'];
    const { code, stderr } = await callMain(args, { cwd: folder });
    expect(stderr).toBe('pron.txt: 1 error, 0 warnings; the service would refuse it: none of 1 line is taken\n');
    expect(code).toBe(1);
  });
});

describe('speechops data check for a tier', () => {
  const args = ['data', 'check', 'pron.txt', '--kind', 'Pronunciation', '--locale', 'en-US'];

  it('takes the limits of the free one, named or asked for', async () => {
    await writeSet(folder, { 'pron.txt': { text: '{n}x\tgood morning\n', repeat: 60 } });
    expect((await callMain(args, { cwd: folder })).code).toBe(0);
    const named = await callMain([...args, '--tier', 'F0'], { cwd: folder });
    expect(named.stdout).toContain('at most 1 kB are allowed on the free tier [text-too-large]');
    expect(named.code).toBe(1);
    for (const [sku, code] of [['F0', 1] as const, ['S0', 0] as const]) {
      const emulator = await startEmulator({ sku });
      onTestFinished(() => emulator.close());
      const env = { SPEECHOPS_MANAGEMENT_ENDPOINT: emulator.url, SPEECHOPS_EMULATOR_TOKEN: emulator.managementToken };
      const asked = await callMain([...args, '--resource', emulator.resourceId], { cwd: folder, env });
      expect(asked).toMatchObject({ code });
      const other = emulator.resourceId.replace(/[^/]+$/, 'another');
      const missing = await callMain([...args, '--resource', other], { cwd: folder, env });
      expect(missing.code).toBe(2);
    }
  });

  it('wants one of the two', async () => {
    await writeSet(folder, { 'pron.txt': 'IEEE\ti triple e\n' });
    const both = await callMain([...args, '--tier', 'F0', '--resource', '/subscriptions/x'], { cwd: folder });
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('Leave out --tier, or --resource') });
    const none = await callMain([...args, '--resource', 'calls'], { cwd: folder });
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('Give the resource id') });
  });
});

describe('speechops data pack', () => {
  it('prints what is in each part, and checks it', async () => {
    await writeSet(folder, {
      'set/trans.txt': 'a.wav\thello there\nb.wav\tsee www.contoso.com\nx.wav\tnothing\n',
      'set/a.wav': { wav: {} },
      'set/b.wav': { wav: {} },
    });
    const args = ['data', 'pack', 'set', '--kind', 'Acoustic', '--locale', 'en-US', '--out', 'out'];
    const { code, stdout, stderr } = await callMain(args, { cwd: folder });
    expect(stdout).toMatch(/^out\/set\.zip: 2 recordings, 2 lines, 0\.00 hours, [\d.]+ kB, sha256 [\da-f]{64}\n$/);
    expect(stderr).toContain('out/set.zip/trans.txt:2:11: The service rejects this line: it has a URI [uri]');
    expect(stderr).toContain('warning: 1 line about no recording, or one that has its line, left out\n');
    expect(code).toBe(1);
  });
});

describe('speechops data fix', () => {
  it('tells what it has changed and what is left, and checks the result', async () => {
    await writeSet(folder, {
      'set/trans.txt': 'A.wav\tgood\u2019s\nb.wav\tsee www.contoso.com\n',
      'set/a.wav': { wav: { sampleRate: 48_000, seconds: 2 } },
      'set/b.wav': { wav: { cut: 1, seconds: 2 } },
    });
    const args = ['data', 'fix', 'set', '--kind', 'Acoustic', '--locale', 'en-US', '--out', 'out'];
    const { code, stdout, stderr } = await callMain(args, { cwd: folder });
    expect(stdout).toBe(`a.wav: 48,000 Hz → 16,000 Hz [audio-sample-rate]
--- a/trans.txt
+++ b/trans.txt
@@ -1,2 +1,2 @@ recording-case, not-ascii
-A.wav\tgood\u2019s
+a.wav\tgood's
 b.wav\tsee www.contoso.com
`);
    expect(stderr).toContain('left: set/b.wav is cut off\n');
    expect(stderr).toContain('out/trans.txt:2:11: The service rejects this line: it has a URI [uri]');
    expect(stderr).toContain('2 files mended, 0 as they were; changes in out.diff\n');
    expect(code).toBe(1);
    const again = await callMain(args, { cwd: folder });
    expect(again.stderr).toBe(
      'error: Name another folder with --out, or remove out.diff: changes would be written there\n',
    );
    expect(again.code).toBe(2);
  });

  it('is named by the check where it helps, and leaves nothing to say of what it wrote', async () => {
    await writeSet(folder, { 'text.txt': 'ring the \u0007bell\n' });
    const how = ['--kind', 'Language', '--locale', 'en-US'];
    const checked = await callMain(['data', 'check', 'text.txt', ...how], { cwd: folder });
    expect(checked.stderr).toContain('`speechops data fix` writes the data anew, and mends control-character\n');
    const fixed = await callMain(['data', 'fix', 'text.txt', ...how, '--out', 'out', '--format', 'json'], {
      cwd: folder,
    });
    expect(JSON.parse(fixed.stdout)).toMatchObject({ paths: ['out/text.txt'], mended: 1, errors: 0, diagnostics: [] });
    expect(fixed.code).toBe(0);
  });
});

describe('speechops data split', () => {
  const files = {
    'set/trans.txt': Array.from(
      { length: 12 },
      (_, index) => `s${index % 4}-${index}.wav\tsaid by number ${'abcdefghijkl'[index]}\n`,
    ).join(''),
    ...Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`set/s${index % 4}-${index}.wav`, { wav: { seconds: 2 } }]),
    ),
  };
  const args = ['data', 'split', 'set', '--locale', 'en-US', '--test', '25%', '--out', 'out'];

  it('writes two sets that have no speaker in common, of which the check says nothing', async () => {
    await writeSet(folder, files);
    const { code, stdout } = await callMain([...args, '--by', 'speaker', '--speaker-from', String.raw`^(s\d)-`], {
      cwd: folder,
    });
    expect(stdout).toBe(`out/train: 9 recordings, 3 speakers, 0.01 hours (75.0 %)
out/test: 3 recordings, 1 speaker, 0.00 hours (25.0 %)
4 groups of recordings that had to stay together
`);
    expect(code).toBe(0);
    const check = [
      'data',
      'check',
      'out/train',
      '--kind',
      'Acoustic',
      '--locale',
      'en-US',
      '--purpose',
      'train',
      '--test',
      'out/test',
    ];
    expect(await callMain(check, { cwd: folder })).toMatchObject({ code: 0, stdout: '' });
  });

  it('takes speakers from data.yaml, and says whose are missing', async () => {
    await writeSet(folder, {
      ...files,
      'set/data.yaml': 'version: 1\nspeakers: { a: ["s0-*"], b: ["s1-*"], c: ["s2-*"] }\n',
    });
    const { code, stderr } = await callMain([...args, '--by', 'speaker'], { cwd: folder });
    expect(stderr).toBe(
      'error: Say who speaks in s3-11.wav, s3-3.wav, s3-7.wav: under `speakers` in data.yaml, or by --speaker-from\n',
    );
    expect(code).toBe(2);
  });

  it('names recordings that are on neither side, and refuses a share or a pattern that is none', async () => {
    await writeSet(folder, { ...files, 'set/x.wav': { wav: { channels: 2 } } });
    const { code, stderr } = await callMain(args, { cwd: folder });
    expect(stderr).toContain('warning: 1 recording on neither side, which the service would not take: x.wav');
    expect(code).toBe(0);
    const told = async (...more: readonly string[]): Promise<string> =>
      (await callMain([...args, ...more], { cwd: folder })).stderr;
    expect(await told('--test', '10')).toContain('Allowed is a share between 0 and 1');
    expect(await told('--by', 'speaker', '--speaker-from', 's')).toContain('Put the speaker into a group');
    expect(await told('--speaker-from', '(s)')).toContain('Give --by speaker, too');
  });

  it('divides more files than a dataset may have', async () => {
    await writeSet(folder, files);
    for (let index = 0; index < 10_000; index += 1) writeFileSync(path.join(folder, 'set', `empty-${index}.wav`), '');
    const { code, stdout, stderr } = await callMain(args, { cwd: folder });
    expect(stdout).toContain('out/train: 9 recordings, 0.01 hours (75.0 %)');
    expect(stderr).toContain('warning: 10000 recordings on neither side');
    expect(code).toBe(0);
  });
});

describe('speechops data forget', () => {
  const files = {
    'set/trans.txt': 'a-1.wav\tgood morning\na-2.wav\tgood evening\nb-1.wav\tgood night\n',
    'set/a-1.wav': { wav: { seconds: 2 } },
    'set/a-2.wav': { wav: { seconds: 2 } },
    'set/b-1.wav': { wav: { seconds: 2 } },
    'set/data.yaml':
      'version: 1\nspeakers: { ada: ["a-*.wav"], ben: [b-1.wav, a-2.wav] }\nslices: { loud: [a-2.wav], low: [b-1.wav] }\nconsent: Form 12\n',
  };
  const forget = async (who: string, ...more: readonly string[]) =>
    await callMain(['data', 'forget', who, 'set', '--locale', 'en-US', '--out', 'out', ...more], { cwd: folder });

  it('writes a set without a speaker, also where others are heard, and what is known of the rest', async () => {
    await writeSet(folder, files);
    const { code, stdout, stderr } = await forget('ada');
    expect([code, stdout]).toEqual([0, 'out: 1 recording of set, without a-1.wav, a-2.wav\n']);
    expect(stderr).toBe('datasets and models that were made of them before: not asked, add --online\n');
    expect(readdirSync(path.join(folder, 'out')).toSorted()).toEqual(['b-1.wav', 'data.yaml', 'trans.txt']);
    expect(readFileSync(path.join(folder, 'out', 'trans.txt'), 'utf8')).toBe('\uFEFFb-1.wav\tgood night\n');
    expect(readFileSync(path.join(folder, 'out', 'data.yaml'), 'utf8')).toBe(
      'version: 1\nconsent: Form 12\nspeakers:\n  ben:\n    - b-1.wav\nslices:\n  low:\n    - b-1.wav\n',
    );
    expect(readdirSync(path.join(folder, 'set'))).toHaveLength(5);
  });

  it('forgets one recording by its name, and refuses what is not there or leaves nothing', async () => {
    await writeSet(folder, files);
    expect((await forget('carl')).stderr).toContain('Name a recording, or a speaker of data.yaml: set has no "carl"');
    expect(existsSync(path.join(folder, 'out'))).toBe(false);
    expect((await forget('b-1')).stdout).toBe('out: 2 recordings of set, without b-1.wav\n');
    expect(await forget('a-1')).toMatchObject({ code: 2, stderr: expect.stringContaining('new or empty folder') });
    await writeSet(folder, { 'set/data.yaml': 'version: 1\nspeakers: { all: ["*"] }\n' });
    expect(await forget('all')).toMatchObject({ code: 2, stderr: expect.stringContaining('Delete set as a whole') });
  });

  it('names what a resource has made of the data, and how it is deleted', async () => {
    await writeSet(folder, files);
    const emulator = await startEmulator();
    onTestFinished(async () => await emulator.close());
    const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key };
    const args = ['data', 'forget', 'ben', 'set', '--locale', 'en-US', '--online'];
    const lost = { ...env, SPEECHOPS_ENDPOINT: 'http://127.0.0.1:9' };
    expect((await callMain([...args, '--out', 'before'], { cwd: folder, env: lost })).code).toBe(3);
    const before = await callMain([...args, '--out', 'before'], { cwd: folder, env });
    expect(before.stdout).toContain('no dataset of the resource was uploaded of set as it is');
    const ports = createLocalData({ roots: [folder] });
    const { digest } = await ports.describe(path.join(folder, 'set'), 'Acoustic');
    const content = datasetDigest({ kind: 'Acoustic', locale: 'en-US', 'text-normalization': 'None' }, digest);
    const post = async (collection: string, body: object): Promise<string> => {
      const url = `${emulator.url}/speechtotext/${collection}?api-version=2025-10-15`;
      const headers = { 'Ocp-Apim-Subscription-Key': emulator.key, 'content-type': 'application/json' };
      const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
      return ((await answer.json()) as { self: string }).self;
    };
    const common = { locale: 'en-US', customProperties: { [digestProperty]: content } };
    const self = await post('datasets', { ...common, displayName: 'Calls', kind: 'Acoustic' });
    await post('datasets', { locale: 'en-US', displayName: 'Other', kind: 'Acoustic' });
    const { code, stdout } = await callMain([...args, '--out', 'after'], { cwd: folder, env });
    expect(code).toBe(0);
    expect(stdout).toContain('write after in place of set into `from` and run the pipeline');
    expect(stdout).toContain(`dataset Calls ${entityId(self)} has what is forgotten: delete it with: curl -X DELETE`);
    expect(stdout).not.toContain('Other');
  });

  it('names what was made of several folders that are one dataset', async () => {
    await writeSet(folder, {
      'one/a.wav': { wav: {} },
      'one/b.wav': { wav: {} },
      'one/trans.txt': 'a.wav\tgood morning\nb.wav\tgood night\n',
      'two/c.wav': { wav: { seconds: 2 } },
      'two/d.wav': { wav: { seconds: 3 } },
      'two/trans.txt': 'c.wav\tgood day\nd.wav\thello\n',
    });
    const emulator = await startEmulator();
    onTestFinished(async () => await emulator.close());
    const places = [path.join(folder, 'one'), path.join(folder, 'two')];
    const { digest } = await createLocalData({ roots: [folder] }).describe(places, 'Acoustic');
    const content = datasetDigest({ kind: 'Acoustic', locale: 'en-US', 'text-normalization': 'Default' }, digest);
    await fetch(`${emulator.url}/speechtotext/datasets?api-version=2025-10-15`, {
      method: 'POST',
      headers: { 'Ocp-Apim-Subscription-Key': emulator.key, 'content-type': 'application/json' },
      body: JSON.stringify({
        locale: 'en-US',
        displayName: 'Both',
        kind: 'Acoustic',
        customProperties: { [digestProperty]: content },
      }),
    });
    const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key };
    const args = ['data', 'forget', 'a', 'one', 'two', '--locale', 'en-US', '--online', '--out', 'left'];
    const { stdout } = await callMain(args, { cwd: folder, env });
    expect(stdout).toContain('dataset Both ');
  });
});

describe('speechops data synthesise', () => {
  const emulated = async (options: { readonly env?: Record<string, string> } = {}) => {
    const emulator = await startEmulator();
    onTestFinished(() => emulator.close());
    const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key, ...options.env };
    const call = async (...args: readonly string[]) =>
      await callMain(['data', 'synthesise', '--locale', 'en-US', '--out', 'out', ...args], { cwd: folder, env });
    const requests = async (): Promise<Record<string, Record<string, number>>> => {
      const headers = { 'Ocp-Apim-Subscription-Key': emulator.key };
      const answer = await fetch(`${emulator.url}/_emulator/requests`, { headers });
      return ((await answer.json()) as { operations: Record<string, Record<string, number>> }).operations;
    };
    return { call, requests };
  };
  const files = {
    'ward.txt': 'the patient takes {drug} every morning\nhow much {drug} has {name} had today\n',
    'drugs.txt': 'metoprolol\nramipril\napixaban\n',
    'names.txt': 'Mister Smith\nMiss Jones\n',
  };
  const args = ['--templates', 'ward.txt', '--terms', 'drug=drugs.txt', '--terms', 'name=names.txt'];

  it('has the Speech resource speak each sentence once, tells the cost before, and checks what it wrote', async () => {
    await writeSet(folder, {
      ...files,
      'prices.yaml': 'version: 1\ncurrency: USD\ndate: 2026-11-01\nsource: a contract\nprices: { synthesis: 16 }\n',
    });
    const { call, requests } = await emulated();
    const { code, stdout, stderr } = await call(...args, '--voice', 'en-US-JennyNeural');
    expect(stdout).toBe('out: 4 recordings, 0.00 hours\n');
    expect(stderr).toMatch(
      /^speaking 4 sentences in 1 voice \(en-US-JennyNeural\): \d+ characters, 0\.00 USD at most, by the prices of 2026-11-01\nout: 0 errors, 0 warnings\n$/,
    );
    expect(code).toBe(0);
    expect((await requests())['Synthesise']).toEqual({ 200: 4 });
    const again = await call(...args, '--voice', 'en-US-JennyNeural', '--count', '6');
    expect(again.stdout).toBe('out: 6 recordings, 4 of them there before, 0.01 hours\n');
    expect((await requests())['Synthesise']).toEqual({ 200: 6 });
  });

  it('makes no sentence that a test set has, and tells which', async () => {
    await writeSet(folder, {
      ...files,
      'test/trans.txt':
        'a.wav\tThe patient takes ramipril every morning.\nb.wav\thow much apixaban has Miss Jones had today\n',
      'test/a.wav': { wav: {} },
      'test/b.wav': { wav: {} },
    });
    const { call } = await emulated();
    const { code, stdout, stderr } = await call(...args, '--text-only', '--count', '30', '--test', 'test');
    expect(stdout).toBe('out/sentences.txt: 7 sentences\n');
    expect(stderr).toContain('left out: 2 sentences that test says: ');
    expect(stderr).toContain('"the patient takes ramipril every morning"');
    expect(stderr).toContain('warning: 7 sentences in place of 30: there are no more\n');
    expect(stderr).toContain('out/sentences.txt: 0 errors, 0 warnings\n');
    expect(readFileSync(path.join(folder, 'out/sentences.txt'), 'utf8')).not.toContain('takes ramipril');
    expect(readFileSync(path.join(folder, 'out/sentences.data.yaml'), 'utf8')).toContain('source: synthetic');
    expect(code).toBe(0);
  });

  it('is told as JSON', async () => {
    await writeSet(folder, files);
    const { call } = await emulated();
    const { stdout } = await call(...args, '--count', '2', '--format', 'json');
    const told = JSON.parse(stdout);
    expect(told).toMatchObject({ path: 'out', sentences: 2, recordings: 2, kept: 0, inTests: [], errors: 0 });
    expect(told.missing.drug).toHaveLength(1);
    expect(told.voices).toContain('en-US-GuyNeural');
  });

  it.each([
    [['--voice', 'en-US-JenyNeural'], {}, 2, 'there is no voice "en-US-JenyNeural"; did you mean en-US-JennyNeural?'],
    [['--terms', 'drug'], {}, 2, 'Write --terms as NAME=FILE'],
    [['--count', '0'], {}, 2, 'Allowed is a whole number from 1 to 500,000.'],
    [[], { SPEECHOPS_KEY: '' }, 2, 'Name the Azure resource id of the Speech resource with --resource'],
    [['--resource', 'calls'], {}, 2, 'Give the resource id of a Speech resource'],
    [[], { SPEECHOPS_KEY: 'wrong' }, 3, 'Cannot list voices: the answer is 401'],
  ])('with %j and %j exits with %i', async (more, env, exit, message) => {
    await writeSet(folder, files);
    const { call } = await emulated({ env });
    const { code, stderr } = await call(...args, ...more);
    expect(stderr).toContain(message);
    expect(code).toBe(exit);
  });
});
