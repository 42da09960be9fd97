import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { acousticZip, recordings } from '../../../emulator/acoustic-zip.ts';
import { Client, idOf, startClient } from '../../../emulator/client.ts';
import { everyday, wardNotes } from '../../../emulator/recognition/spoken-texts.ts';
import { callMain, type Called } from '../call-main.ts';

let client: Client;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-doubt-'));
  client = await startClient();
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
});

async function call(...args: readonly string[]): Promise<Called> {
  const env = { SPEECHOPS_ENDPOINT: client.emulator.url, SPEECHOPS_KEY: client.emulator.key };
  return await callMain(args, { cwd: folder, env });
}

/** With a capital and a full stop, as people write it. The emulator's models make mistakes in them, some of them the same. */
const transcripts = everyday.slice(0, 8).map((text) => `${text[0]!.toUpperCase()}${text.slice(1)}.`);

async function testSet(): Promise<{ readonly self: string }> {
  const clips = recordings('day', everyday.slice(0, 8));
  return await client.dataset(
    { kind: 'Acoustic' },
    acousticZip(clips.map((clip, index) => ({ ...clip, transcript: transcripts[index]! }))),
  );
}

interface Named {
  readonly self: string;
  readonly displayName: string;
}

/** The newest base model, and one that knows other words. */
async function twoModels(): Promise<readonly [Named, Named]> {
  return [(await client.baseModels()).at(-1), await client.model([await client.text(wardNotes)])];
}

async function evaluate(
  displayName: string,
  members: { readonly dataset: { readonly self: string }; readonly models: readonly { readonly self: string }[] },
): Promise<string> {
  const [model1, model2] = members.models.map(({ self }) => ({ self }));
  const dataset = { self: members.dataset.self };
  const created = await client.create('/evaluations', { displayName, locale: 'en-US', dataset, model1, model2 });
  await client.finished(created.self);
  return idOf(created.self);
}

describe('speechops doubt', () => {
  it('lists where both models contradict the transcript, and patches what a person accepts', async () => {
    const dataset = await testSet();
    const models = await twoModels();
    await evaluate('gate', { dataset, models });
    const listed = await call('doubt', 'gate');
    expect(listed.stderr).toBe('');
    expect(listed).toMatchObject({ code: 0 });
    const lines = listed.stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(
      /^# \d+ places in \d of 8 recordings: 2 models agree, the transcript differs \(profile azure-en-US 2\)$/,
    );
    expect(lines.slice(1, 3)).toEqual([
      '# Leave the lines that are right as they were recognised, then: speechops doubt gate --accept FILE',
      '# place\ttranscript\trecognised\taround',
    ]);
    const heard = await Promise.all(
      ['model1', 'model2'].map(async (side) => (await call('results', 'gate', '--of', side)).stdout.split('\n')),
    );
    const places = lines.slice(3).map((line) => {
      const [place = '', said = '', agreed = '', around = ''] = line.split('\t');
      const [, file = '', index = '', word = ''] = /^(day(\d)\.wav):(\d+)$/.exec(place) ?? [];
      const words = everyday[Number(index)]!.split(' ');
      const count = said === '' ? 0 : said.split(' ').length;
      expect(words.slice(Number(word) - 1, Number(word) - 1 + count).join(' ')).toBe(said);
      for (const texts of heard) {
        expect(` ${texts.find((text) => text.startsWith(`${file}\t`))?.split('\t')[1]} `).toContain(
          ` ${agreed} `.trim(),
        );
      }
      expect(around).toContain(`${said === '' ? '' : `[-${said}-]`}${agreed === '' ? '' : `{+${agreed}+}`}`);
      return { line, index: Number(index), corrected: words.toSpliced(Number(word) - 1, count, agreed).join(' ') };
    });
    expect(places.length).toBeGreaterThan(1);

    const [accepted, refused] = places as [(typeof places)[0], (typeof places)[0]];
    await writeFile(path.join(folder, 'accepted.tsv'), `${accepted.line}\n#${refused.line}\n`);
    const patched = await call('doubt', 'gate', '--accept', 'accepted.tsv');
    expect(patched.code).toBe(0);
    const written = (texts: readonly string[]): string =>
      `\uFEFF${texts.map((text, index) => `day${index}.wav\t${text}`).join('\n')}\n`;
    await writeFile(path.join(folder, 'trans.txt'), written(transcripts));
    execFileSync('git', ['apply', '-'], { cwd: folder, input: patched.stdout });
    const { corrected } = accepted;
    expect(await readFile(path.join(folder, 'trans.txt'), 'utf8')).toBe(
      written(transcripts.with(accepted.index, `${corrected[0]!.toUpperCase()}${corrected.slice(1)}.`)),
    );

    const json = JSON.parse((await call('doubt', 'gate', '--accept', 'accepted.tsv', '--format', 'json')).stdout);
    expect(json.places.map((place: { accepted: boolean }) => place.accepted)).toEqual(
      places.map((place) => place === accepted),
    );
    expect(json.patch).toBe(patched.stdout);
    for (const { errors, after } of json.models) expect(after.errors).toBeLessThan(errors);
    const said = /^1 place corrected\n(Model [^:]+: [\d.]+ % before, [\d.]+ % after \(profile azure-en-US 2\)\n){2}$/;
    expect(patched.stderr).toMatch(said);
    const names = models.map(({ displayName }) => displayName);
    expect([...patched.stderr.matchAll(/^Model (.*?): /gm)].map(([, name]) => name)).toEqual(names);
    expect(json.models.map(({ name }: { name: string }) => name)).toEqual(names);
  });

  it('takes the models of several evaluations of one test set, of which each has one', async () => {
    const [dataset, other] = [await testSet(), await testSet()];
    const [base, custom] = await twoModels();
    const one = await evaluate('one', { dataset, models: [base, base] });
    await evaluate('two', { dataset, models: [custom, custom] });
    await evaluate('elsewhere', { dataset: other, models: [custom, custom] });
    expect((await call('doubt', one, 'two')).stdout).toMatch(
      / of 8 recordings: 2 models agree.*\n(.*\n){2}day\d\.wav:/,
    );
    const alone = await call('doubt', one);
    expect(alone).toMatchObject({ code: 1, stdout: '' });
    expect(alone.stderr).toContain('Give an evaluation with two models, or one more with another model: `one`');
    const apart = await call('doubt', one, 'elsewhere');
    expect(apart).toMatchObject({ code: 1, stdout: '' });
    expect(apart.stderr).toContain('Give evaluations of one test set: `elsewhere` has another one than `one`');
  });

  it('refuses lines that it has not printed, and corrects nothing where none is accepted', async () => {
    const dataset = await client.dataset({ kind: 'Acoustic' }, acousticZip(recordings('day', everyday.slice(0, 3))));
    await evaluate('gate', { dataset, models: await twoModels() });
    await writeFile(path.join(folder, 'accepted.tsv'), '# by hand\n\nward0.wav:1\tno\tsuch words\there\n');
    const refused = await call('doubt', 'gate', '--accept', 'accepted.tsv');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('accepted.tsv:3: Give lines as this command prints them without --accept');
    await writeFile(path.join(folder, 'accepted.tsv'), '');
    const nothing = await call('doubt', 'gate', '--accept', 'accepted.tsv');
    expect(nothing).toMatchObject({ code: 0, stdout: '' });
    expect(nothing.stderr).toContain('0 places corrected\n');
  });
});
