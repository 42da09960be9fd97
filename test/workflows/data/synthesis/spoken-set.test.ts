import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { billedCharacters, writeSpokenSet } from '../../../../workflows/data/synthesis/spoken-set.ts';

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'speechops-spoken-'));
  onTestFinished(async () => await rm(cwd, { recursive: true, force: true }));
});

const sentences = ['good morning', 'how did you sleep', 'please sit down', 'thank you very much'];

describe('a spoken set', () => {
  it('has a recording and a line for each sentence, and says that it is synthetic', async () => {
    const asked: string[] = [];
    const written = await write(sentences, { asked });
    expect(written).toMatchObject({ recordings: 4, kept: 0, seconds: 4 * 0.1, characters: sentences.join('').length });
    const transcript = await readFile(path.join(cwd, 'out', 'trans.txt'), 'utf8');
    expect(
      transcript
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t')[1]),
    ).toEqual(sentences);
    const names = transcript
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t')[0] ?? '');
    expect((await readdir(path.join(cwd, 'out'))).toSorted()).toEqual([...names, 'data.yaml', 'trans.txt'].toSorted());
    const wav = await readFile(path.join(cwd, 'out', names[0] ?? ''));
    expect([wav.toString('latin1', 0, 4), wav.readUInt32LE(24), wav.readUInt16LE(34), wav.length]).toEqual([
      'RIFF',
      16_000,
      16,
      44 + 3200,
    ]);
    const about = await readFile(path.join(cwd, 'out', 'data.yaml'), 'utf8');
    expect(about).toContain('source: synthetic');
    for (const name of names) expect(about).toContain(name);
    expect(asked.toSorted()).toEqual(sentences.toSorted());
  });

  it('is resumed: what is there is not spoken again, also when there are more sentences', async () => {
    const before: string[] = [];
    await expect(write(sentences, { asked: before, failAfter: 2 })).rejects.toThrow('no more');
    const asked: string[] = [];
    const { kept } = await write([...sentences, 'good night'], { asked });
    expect(kept).toBe(2);
    expect([...before.slice(0, 2), ...asked].toSorted()).toEqual([...sentences, 'good night'].toSorted());
    const again: string[] = [];
    expect(await write([...sentences, 'good night'], { asked: again })).toMatchObject({ kept: 5, characters: 0 });
    expect(again).toEqual([]);
  });

  it('keeps the voice of most sentences when a voice comes', async () => {
    const many = Array.from({ length: 40 }, (_, index) => `sentence number ${index}`);
    const voicesOf = async (voices: readonly string[]): Promise<ReadonlyMap<string, string>> => {
      const said = new Map<string, string>();
      await write(many, { voices, said, out: `out-${voices.length}` });
      return said;
    };
    const two = await voicesOf(['a', 'b']);
    const three = await voicesOf(['a', 'b', 'c']);
    expect(new Set(two.values())).toEqual(new Set(['a', 'b']));
    for (const [text, voice] of three) expect([two.get(text), 'c']).toContain(voice);
  });

  it('is not written over anything else', async () => {
    await write(sentences, {});
    await expect(write(['another sentence'], {})).rejects.toThrow('4 recordings of other sentences or voices');
    await expect(write(sentences, { voices: ['other'] })).rejects.toThrow('of other sentences or voices');
    await writeFile(path.join(cwd, 'out', 'notes.txt'), 'mine');
    await expect(write(sentences, {})).rejects.toThrow('out has "notes.txt" in it');
    await rm(path.join(cwd, 'out', 'notes.txt'));
    await writeFile(path.join(cwd, 'out', 'data.yaml'), 'version: 1\nsource: the service desk\n');
    await expect(write(sentences, {})).rejects.toThrow('Name a new or empty folder with --out');
    await writeFile(path.join(cwd, 'file'), '');
    await expect(write(sentences, { out: 'file' })).rejects.toThrow('file is a file');
  });

  it('bills Chinese characters twice', () => {
    expect(billedCharacters('你好 a')).toBe(6);
    expect(billedCharacters('🙂 hi')).toBe(4);
  });
});

async function write(
  texts: readonly string[],
  {
    asked = [],
    failAfter = Infinity,
    voices = ['v'],
    said = new Map(),
    out = 'out',
  }: {
    readonly asked?: string[];
    readonly failAfter?: number;
    readonly voices?: readonly string[];
    readonly said?: Map<string, string>;
    readonly out?: string;
  },
) {
  return await writeSpokenSet(texts, {
    speech: {
      async speak(text, { voice }) {
        asked.push(text);
        said.set(text, voice);
        if (asked.length > failAfter) throw new Error('no more');
        return Buffer.alloc(3200, 1);
      },
    },
    engine: 'test',
    voices,
    locale: 'en-US',
    out,
    cwd,
    parallel: failAfter === Infinity ? 3 : 1,
  });
}
