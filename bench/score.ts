import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { scoreSets, textsOf } from './score-sets.ts';

/**
 * How fast the scorer is beside what there is of other scorers: sclite (Debian's `sctk`), rapidfuzz, jiwer and kaldialign (of the Python
 * that SPEECHOPS_BENCH_PYTHON names, else `python3`). All in one run, CPU time, the quickest of several times; each measure in a
 * process of its own. `node bench/score.ts`
 *
 * rapidfuzz and kaldialign align numbers, as `align` does; jiwer makes a report of strings, as `report` does. sclite's figure is of its whole run.
 */
const sets = Object.keys(scoreSets) as (keyof typeof scoreSets)[];
const python = process.env['SPEECHOPS_BENCH_PYTHON'] ?? 'python3';
const sclite = '/usr/lib/sctk/bin/sclite';

/** Prints CPU milliseconds, or nothing where the library is not there. Given the file of a set. */
const inPython = (library: string, calls: string): string => `
import json, sys, time
try:
    import ${library}
except ImportError:
    sys.exit(0)
pairs = json.load(open(sys.argv[1]))
numbers = {}
def number(word): return numbers.setdefault(word, len(numbers))
ids = [([number(w) for w in r], [number(w) for w in h]) for r, h in pairs]
texts = ([' '.join(r) for r, h in pairs], [' '.join(h) for r, h in pairs])
${calls}
best = 1e9
for _ in range(7):
    start = time.process_time()
    run()
    best = min(best, time.process_time() - start)
print(best * 1000)
`;
const others = {
  rapidfuzz: inPython(
    'rapidfuzz',
    'from rapidfuzz.distance import Levenshtein\ndef run():\n    for r, h in ids: Levenshtein.editops(r, h)',
  ),
  kaldialign: inPython('kaldialign', 'def run():\n    for r, h in ids: kaldialign.align(r, h, -1)'),
  jiwer: inPython('jiwer', 'def run(): jiwer.process_words(*texts)'),
} as const;

const folder = await mkdtemp(path.join(tmpdir(), 'speechops-score-'));
try {
  console.log('CPU in milliseconds; x: how many times ours.\n');
  for (const set of sets) await compare(set);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function compare(set: keyof typeof scoreSets): Promise<void> {
  const texts = textsOf(set);
  const at = path.join(folder, set);
  await mkdir(at);
  for (const side of ['reference', 'hypothesis'] as const)
    await writeFile(path.join(at, `${side}.txt`), texts.map((text) => text[side].join(' ')).join('\n'));
  const align = await ours(set, 'align');
  const report = await ours(at, 'report');
  const { megabytes } = await ours(at, 'report', 1);
  console.log(`${set}  ${scoreSets[set].title}`);
  console.log(
    `   ours        align ${shown(align.milliseconds)}   report ${shown(report.milliseconds)}   ${megabytes.toFixed(0)} MB at most`,
  );
  // The textbook's table of the long recording takes 1.6 GB.
  if (set === 'b' && process.availableMemory() < 3e9) console.log('   textbook    does not fit into memory');
  else told('textbook', (await ours(set, 'textbook', set === 'a' ? 5 : 1)).milliseconds, align);
  const file = path.join(at, 'words.json');
  await writeFile(file, JSON.stringify(texts.map(({ reference, hypothesis }) => [reference, hypothesis])));
  told('rapidfuzz', await otherMilliseconds('rapidfuzz', file), align);
  told('kaldialign', await otherMilliseconds('kaldialign', file), align);
  told('jiwer', await otherMilliseconds('jiwer', file), report);
  // It takes minutes for the others.
  if (set === 'a') told('sclite', await scliteMilliseconds(texts), report);
  console.log('');
}

interface Cost {
  readonly milliseconds: number;
  readonly megabytes: number;
}

async function ours(what: string, way: string, times?: number): Promise<Cost> {
  const script = path.join(import.meta.dirname, 'score-once.ts');
  const out = await output(process.execPath, [script, what, way, ...(times === undefined ? [] : [String(times)])]);
  return JSON.parse(out ?? '') as Cost;
}

async function otherMilliseconds(name: keyof typeof others, file: string): Promise<number | undefined> {
  const out = (await output(python, ['-c', others[name], file]))?.trim();
  return out === undefined || out === '' ? undefined : Number(out);
}

async function scliteMilliseconds(texts: ReturnType<typeof textsOf>): Promise<number | undefined> {
  const files = await Promise.all(
    (['reference', 'hypothesis'] as const).map(async (side) => {
      const file = path.join(folder, `${side}.trn`);
      await writeFile(file, texts.map((text, index) => `${text[side].join(' ')} (s_${index})\n`).join(''));
      return file;
    }),
  );
  const [reference = '', hypothesis = ''] = files;
  const options = ['-r', reference, 'trn', '-h', hypothesis, 'trn', '-i', 'spu_id', '-o', 'sgml', 'stdout'];
  const out = await output('bash', ['-c', `TIMEFORMAT='%U %S'; time "$0" "$@" > /dev/null 2>&1`, sclite, ...options]);
  return out === undefined ? undefined : secondsIn(out) * 1000;
}

function secondsIn(text: string): number {
  return text
    .trim()
    .split(/\s+/)
    .map(Number)
    .reduce((sum, part) => sum + part, 0);
}

function told(name: string, milliseconds: number | undefined, { milliseconds: own }: Cost): void {
  if (milliseconds === undefined) console.log(`   ${name.padEnd(11)} not installed`);
  else console.log(`   ${name.padEnd(11)} ${shown(milliseconds)}   ${(milliseconds / own).toFixed(1)} x`);
}

function shown(milliseconds: number): string {
  return milliseconds.toFixed(milliseconds < 100 ? 1 : 0).padStart(8);
}

/** What a program prints, or undefined when it is not there or fails. */
async function output(program: string, args: readonly string[]): Promise<string | undefined> {
  return await new Promise((resolve) => {
    execFile(program, args, { maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      resolve(error === null ? `${stdout}${program === 'bash' ? stderr : ''}` : undefined);
    });
  });
}
