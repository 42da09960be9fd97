import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ResultsDocument, ResultsSet, ResultsSwap, ResultsUtterance } from '../../../../schemas/types.gen.ts';
import { pageScriptFile, pageScriptModule } from '../../../../scripts/generate-page-script.ts';
import type { PackedSet } from '../../../../workflows/report/html/packed-set.ts';
import { type PackedUtterances, unpackUtterances } from '../../../../workflows/report/html/packed-utterances.ts';
import { pageScript } from '../../../../workflows/report/html/page-script.gen.ts';
import { reportHtml } from '../../../../workflows/report/html/report-html.ts';
import { alternatingResults } from './alternating-results.ts';
import { sampleResults } from './sample-results.ts';
import { unrepetitiveUtterances } from './unrepetitive-utterances.ts';

const sample = sampleResults();
const page = reportHtml(sample);

describe('reportHtml', () => {
  it('says the verdict and why before anything else', () => {
    const text = textOf(page);
    expect(text.indexOf(sample.verdict.sentence)).toBeLessThan(200);
    for (const reason of sample.verdict.reasons) expect(text.indexOf(reason)).toBeLessThan(500);
    expect(textOf(reportHtml({ ...sample, verdict: { ...sample.verdict, passed: false } }))).toContain('Not passed:');
  });

  it('has every part of the document', () => {
    const text = textOf(page);
    for (const part of [
      ...sample.steps.flatMap(({ id, sentence, reason = '' }) => [id, sentence, reason]),
      ...sample.lineage.flatMap(({ name, digest = '' }) => [name, digest]),
      ...sample.expiry.flatMap(({ name, consequence }) => [name, consequence]),
      ...Object.entries(sample.inputs ?? {}).flat(),
      ...sample.sets.flatMap(({ slices, terms = [] }) => [
        ...slices.map(({ value }) => value),
        ...terms.map(({ name }) => name),
      ]),
      'Wards 2 is better than Wards 1',
      sample.made.commit,
      sample.made.by,
      sample.made.host,
      'evaluation of two models',
    ])
      expect(text.includes(String(part)), String(part)).toBe(true);
  });

  it('tells test sets of one title apart by their steps', () => {
    const [set] = sample.sets as [ResultsSet];
    const text = reportHtml({
      ...sample,
      sets: [
        { ...set, id: 'baseline' },
        { ...set, id: 'candidate' },
      ],
    });
    for (const name of ['Ward rounds, step baseline', 'Ward rounds, step candidate']) {
      expect(text).toContain(`<h2><bdi>${name}</bdi></h2>`);
      expect(text).toMatch(new RegExp(`<nav [^]*<bdi>${name}</bdi></a>[^]*</nav>`));
    }
  });

  it.each([
    [{ better: false, sentence: 'better, but not on all sets: noisy' }, 'Refused: better, but not on all sets: noisy'],
    [{ better: true, sentence: 'better' }, 'Accepted: better'],
  ])('says beside what chance explains what the step decided: %j', (decision, said) => {
    const [set] = sample.sets as [ResultsSet];
    const text = textOf(reportHtml({ ...sample, sets: [{ ...set, utterances: [], decision }] }));
    expect(text).toContain('Wards 2 is better than Wards 1');
    expect(text).toContain(said);
    expect(textOf(page)).not.toMatch(/Refused|Accepted/);
  });

  it('says what a slice is held to, and how many differences were tested together', () => {
    const [set] = sample.sets as [ResultsSet];
    const [slice] = set.slices;
    const sentence = 'above 5.0 %, which chance explains (p 0.080, of 12 bounds together)';
    const judged = { ...slice!, bound: 0.05, regressionBound: 0.01, passed: true, sentence };
    const comparison = { ...set.comparison!, together: 3 };
    const text = textOf(reportHtml({ ...sample, sets: [{ ...set, utterances: [], comparison, slices: [judged] }] }));
    expect(text).toContain(`at most 5.0 %, at most 1.0 % above B ✓ ${sentence}`);
    expect(text).toContain('(permutation, adjusted by Holm for 3 tests together)');
    expect(textOf(page)).not.toContain('Holm');
  });

  it('counts confused, missed and inserted words of both models', () => {
    const text = textOf(page);
    for (const title of ['Confusion pairs', 'Most missed words', 'Most inserted words'])
      expect(text).toMatch(new RegExp(`${title}[^)]*\\)? (said recognised|word) times by A by B `));
  });

  it('draws names inside their boxes, and circles beside the numbers of the axes', () => {
    const width = Number(/<rect width="(\d+)" height="44"/.exec(page)?.[1]);
    const drawn = [...page.matchAll(/<text class="said"[^>]*>([^<]*)</g)].map(([, name]) => [...(name ?? '')].length);
    // A letter of 12 pixels is 8 wide in the widest of the systems' fonts.
    expect(Math.max(...drawn) * 8 + 10).toBeLessThanOrEqual(width);
    const scatter = /<figure class="scatter">[^]*?<\/figure>/.exec(page)?.[0] ?? '';
    const circles = [...scatter.matchAll(/cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"/g)].map((one) => one.map(Number));
    expect(circles.length).toBeGreaterThan(3);
    for (const [, x = 0, y = 0, radius = 0] of circles) {
      expect(x - radius).toBeGreaterThanOrEqual(33.8);
      expect(y + radius).toBeLessThanOrEqual(266.2);
    }
  });

  it('allows its own script and style alone, and audio from where the document says', () => {
    const policy = policyOf(page);
    const [style, script] = [/<style>([\s\S]*?)<\/style>/, /<script>([\s\S]*?)<\/script>/].map((part) => {
      const text = part.exec(page)?.[1] ?? '';
      return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    });
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`style-src ${style};`);
    expect(policy).toContain(`script-src ${script};`);
    expect(policy).toContain("media-src 'self' file:;");
    expect(/<[^>]* style=/.exec(page)).toBeNull();
    const elsewhere = withUtterances(({ id, ...rest }) => ({ ...rest, id, audio: `https://a.example/x/${id}` }));
    expect(policyOf(reportHtml(elsewhere))).toContain('media-src https://a.example;');
    const none = withUtterances(({ audio: _audio, ...rest }) => rest);
    expect(policyOf(reportHtml(none))).not.toContain('media-src');
  });

  it('says why a further set does not pass', () => {
    const [set] = sample.sets as [ResultsSet];
    const further = { ...set, id: 'candidate/noisy', title: 'noisy', passed: false, sentence: 'higher by 3.5 %' };
    const text = textOf(reportHtml({ ...sample, sets: [...sample.sets, further] }));
    expect(text).toMatch(/✗ *higher by 3\.5 %/);
    expect(textOf(page)).not.toContain('higher by 3.5 %');
  });

  it('has a script and its data only where there are utterances', () => {
    expect(reportHtml({ ...sample, sets: [] }).includes('<script')).toBe(false);
    expect(policyOf(reportHtml({ ...sample, sets: [] }))).not.toContain('script-src');
  });

  it('has the worst utterances as text, and all of them packed', () => {
    const [set] = sample.sets as [ResultsSet];
    expect(page.match(/<li><header>/g)?.length).toBe(200);
    const data = JSON.parse(/<script type="application\/json">(.*?)<\/script>/.exec(page)?.[1] ?? '{}') as PackedSet;
    expect(data.id).toBe(set.id);
    const columns = JSON.parse(inflateRawSync(Buffer.from(data.packed, 'base64')).toString()) as PackedUtterances;
    expect(unpackUtterances(columns, set.unit)).toEqual(set.utterances.map((one) => ({ ...one, unstable: false })));
  });

  it.each([
    { words: 12, errors: 0.1 },
    { words: 25, errors: 0.1 },
  ])(
    'is at most 2 MB with 10,000 utterances of $words words that do not repeat, and two models',
    ({ words, errors }) => {
      const [set] = sample.sets as [ResultsSet];
      const utterances = unrepetitiveUtterances({ utterances: 10_000, words, errors });
      const large = reportHtml({ ...sample, sets: [{ ...set, utterances }] });
      expect(large.match(/<li><header>/g)?.length).toBe(200);
      expect(Buffer.byteLength(large)).toBeLessThanOrEqual(2_000_000);
    },
  );

  it('shows what each model recognised beside the way through an alternation that fits it', () => {
    const [shown] = /<li><header>.*?<\/li>/.exec(reportHtml(alternatingResults())) ?? [''];
    expect(shown).toContain(
      '<p dir="auto"><small>A</small> now I am (uh) <b><del>home</del> <ins>hone</ins></b> again</p>',
    );
    expect(shown).toContain('<p dir="auto"><small>B</small> now we (uh) home <ins>us</ins> again</p>');
  });

  it('says whose clock the times of a swap are by, where it has some', () => {
    const said = 'Times are by the clock of the service.';
    expect(textOf(page)).toContain(said);
    const [{ probes: _, changedAt: __, firstOfModel: ___, lastOfPrevious: ____, ...swap }] = sample.swaps as [
      ResultsSwap,
    ];
    expect(textOf(reportHtml({ ...sample, swaps: [{ ...swap, probes: [] }] }))).not.toContain(said);
  });

  it('escapes markup, and shows what steers the direction or cannot be seen', () => {
    const hostile = `</script><img src=x onerror=alert(1)>"'\u202Egnp.exe\u0007`;
    const text = reportHtml(hostileResults(hostile));
    expect(text.includes('<img')).toBe(false);
    expect(/[\p{Cf}\p{Co}]|(?![\n\t])\p{Cc}/u.test(text)).toBe(false);
    expect(text.includes('\\u202E')).toBe(true);
    expect(text.match(/<\/script>/g)?.length).toBe(2);
  });

  it('leads to no audio but files and the web', () => {
    const sourcesOf = (audio: string): readonly (string | undefined)[] =>
      [
        ...reportHtml(withUtterances((utterance) => ({ ...utterance, audio }))).matchAll(/<audio [^>]*src="([^"]*)"/g),
      ].map(([, source]) => source);
    expect(sourcesOf('javascript:alert(1)')).toEqual([]);
    expect(sourcesOf('data:audio/wav;base64,AAAA')).toEqual([]);
    expect(sourcesOf('a b/c#1?.wav')[0]).toBe('a%20b/c%231%3F.wav');
    expect(sourcesOf('https://a.example/x.wav')[0]).toBe('https://a.example/x.wav');
  });
});

describe('the script of report.html', () => {
  it('is made of its source as that is now', async () => {
    expect(readFileSync(pageScriptFile, 'utf8'), 'run npm run page-script').toBe(await pageScriptModule());
  });

  it('has at most 20 KB', () => {
    expect(Buffer.byteLength(pageScript)).toBeLessThanOrEqual(20_000);
  });

  it('can stand in a page', () => {
    expect(/<\/?script|<!--|[^\n\t\x20-\x7e]/i.exec(pageScript)?.[0]).toBeUndefined();
  });
});

function withUtterances(change: (utterance: ResultsUtterance) => ResultsUtterance): ResultsDocument {
  return {
    ...sample,
    sets: sample.sets.map((set) => ({ ...set, utterances: set.utterances.slice(0, 5).map(change) })),
  };
}

/** A document with a text wherever a stranger can put one. */
function hostileResults(text: string): ResultsDocument {
  return JSON.parse(JSON.stringify(sample), (key, value: unknown) =>
    typeof value === 'string' && !fixed.has(key) ? text : value,
  ) as ResultsDocument;
}

const fixed = new Set(['kind', 'status', 'verdict', 'unit', 'operations', 'proof', 'answeredBy', 'source']);

function policyOf(text: string): string {
  return (/http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1] ?? '').replaceAll('&#39;', "'");
}

/** What a reader sees, on one line. */
function textOf(text: string): string {
  return text
    .replaceAll(/<(style|script|head)\b[\s\S]*?<\/\1>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ');
}
