import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { scoreJson } from '../../../../workflows/report/score/score-json.ts';
import { scoreJunit } from '../../../../workflows/report/score/score-junit.ts';
import { scoreMarkdown } from '../../../../workflows/report/score/score-markdown.ts';
import { isWithinBound, type ScoreReport } from '../../../../workflows/report/score/score-report.ts';
import { scoreText } from '../../../../workflows/report/score/score-text.ts';
import { compareScores } from '../../../../workflows/scoring/compare-scores.ts';
import { groupScores } from '../../../../workflows/scoring/group-scores.ts';
import { type Score, scoreUtterances } from '../../../../workflows/scoring/score-utterances.ts';
import { scoreTerms } from '../../../../workflows/scoring/terms.ts';

type Texts = Readonly<Record<string, string>>;

function scored(said: Texts, recognised: Texts): Score {
  const side = (texts: Texts) => Object.entries(texts).map(([id, text]) => ({ id, text }));
  return scoreUtterances({ references: side(said), hypotheses: side(recognised), profile: 'none', unit: 'word' });
}

const said = { 'a-1': 'call Smith now', 'a-2': 'one two', 'b-1': 'yes' };
const recognised = { 'a-1': 'call Smyth now', 'a-2': 'one two', 'b-1': 'yes yes' };

function report(more: Partial<ScoreReport> = {}): ScoreReport {
  return {
    score: scored(said, recognised),
    files: { references: 'ref.txt', hypotheses: 'hyp.txt' },
    most: 10,
    ...more,
  };
}

/** A report with a part of every kind, whose texts and names are all the same. */
function reportOf(text: string): ScoreReport {
  const score = scored({ [text]: `a ${text} b c`, x: 'a' }, { [text]: `a b ${text} ${text}`, x: `a ${text}` });
  const against = scored({ [text]: `a ${text} b c`, x: 'a' }, { [text]: `a ${text} b c`, x: `${text} ${text} a` });
  return {
    score,
    files: { references: text, hypotheses: text, against: text },
    most: 10,
    maxWer: 0.1,
    groups: { by: text, groups: groupScores(score.utterances, () => text), valueOf: () => text },
    terms: scoreTerms(score.utterances, {
      terms: [{ name: text, variants: ['b'], line: 1 }],
      profile: 'none',
      unit: 'word',
    }),
    comparison: compareScores(score, against, { seed: 1 }),
  };
}

/** The names and texts in a document, which throws where it is not well-formed. */
function parsedXml(xml: string): { readonly attributes: readonly string[]; readonly texts: readonly string[] } {
  const attributes: string[] = [];
  const texts: string[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', (tag) => void attributes.push(...Object.values(tag.attributes).map(String)));
  parser.on('text', (text) => void texts.push(text));
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(xml).close();
  return { attributes, texts };
}

const hostile = [
  'plain',
  '<b>&amp;"\'',
  ']]>',
  '\u0000\u0001\u001B[2J',
  '\uFFFE\uFFFF',
  '\uD800',
  '\u202Eabc',
  '`x`|y',
  '@someone',
  '#1',
  ':',
  '::error::x',
  '##vso[task.complete]',
  '__proto__',
  '🙂',
];

describe('JUnit', () => {
  it('has a case for the whole and one for each utterance with its differences', () => {
    expect(scoreJunit(report({ maxWer: 0.34 }))).toBe(
      [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<testsuites name="speechops score" tests="4" failures="0" errors="0">',
        '  <testsuite name="ref.txt" tests="4" failures="0" errors="0" skipped="0">',
        '    <testcase classname="hyp.txt" name="Word error rate, profile none 1"><system-out>2 errors in 6</system-out></testcase>',
        '    <testcase classname="hyp.txt.utterances" name="a-1"><system-out>call [-Smith-]{+Smyth+} now</system-out></testcase>',
        '    <testcase classname="hyp.txt.utterances" name="a-2"><system-out>one two</system-out></testcase>',
        '    <testcase classname="hyp.txt.utterances" name="b-1"><system-out>{+yes+} yes</system-out></testcase>',
        '  </testsuite>',
        '</testsuites>',
        '',
      ].join('\n'),
    );
  });

  it('fails the rate above the bound, no utterance, and nothing without a bound', () => {
    const junit = scoreJunit(report({ maxWer: 0.3 }));
    expect(junit).toContain('failures="1"');
    expect(junit).toContain('<failure message="Word error rate 33.3 %, allowed is 30.0 %">2 errors in 6</failure>');
    expect(scoreJunit(report())).toContain('failures="0"');
  });

  it('says beside another model what became of the rate, and fails nothing for it', () => {
    const score = scored(said, recognised);
    const comparison = compareScores(score, scored(said, said), { seed: 1 });
    const files = { references: 'ref.txt', hypotheses: 'new.txt', against: 'old.txt' };
    const junit = scoreJunit(report({ score, comparison, files }));
    expect(junit).toContain('tests="5" failures="0"');
    expect(junit).toContain(
      [
        '<testcase classname="new.txt" name="compared with old.txt"><system-out>new.txt: 33.3 %',
        'old.txt: 0.0 %',
        'Verdict: too few to decide: 3 utterances, 6 words',
        'Difference: +33.33 points',
      ].join('\n'),
    );
  });

  it('fails a rate that there is none of', () => {
    const score = scored({ u1: '', u2: '' }, { u1: 'noise', u2: '' });
    const junit = scoreJunit(report({ score, maxWer: 1 }));
    expect(junit).toContain('<failure message="Word error rate none, allowed is 100.0 %">1 error in 0</failure>');
    expect(junit).toContain('name="u1"><system-out>{+noise+}</system-out>');
  });

  it.each(hostile)('is well-formed for %j', (text) => {
    const { attributes, texts } = parsedXml(scoreJunit(reportOf(text)));
    const all = [...attributes, ...texts].join('\n');
    expect(all).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\uFFFE\uFFFF]/u);
    if (!/[\p{Cc}\p{Cf}\p{Cs}\uFFFE\uFFFF]|::|##/u.test(text)) expect(attributes).toContain(text);
  });
});

describe('Markdown', () => {
  it('has the counts, the worst utterances and the tables', () => {
    expect(scoreMarkdown(report())).toBe(
      [
        '# Word error rate: 33.3 % (profile none 1)',
        '',
        '`hyp.txt` against `ref.txt`',
        '',
        '| Sentence error rate | Utterances | Words | Correct | Substitutions | Deletions | Insertions | Errors |',
        '| --- | --- | --- | --- | --- | --- | --- | --- |',
        '| 66.7 % | 3 | 6 | 5 | 1 | 0 | 1 | 2 |',
        '',
        '## Worst utterances',
        '',
        '| id | errors | rate | said and recognised |',
        '| --- | --- | --- | --- |',
        '| `b-1` | 1 | 100.0 % | `{+yes+} yes` |',
        '| `a-1` | 1 | 33.3 % | `call [-Smith-]{+Smyth+} now` |',
        '',
        '## Confusion pairs',
        '',
        '| said | recognised | times |',
        '| --- | --- | --- |',
        '| `Smith` | `Smyth` | 1 |',
        '',
        '## Most missed words',
        '',
        '| word | times | deleted | substituted |',
        '| --- | --- | --- | --- |',
        '| `Smith` | 1 | 0 | 1 |',
        '',
        '## Most inserted words',
        '',
        '| word | times |',
        '| --- | --- |',
        '| `yes` | 1 |',
        '',
      ].join('\n'),
    );
  });

  it.each(hostile.filter((text) => text !== 'plain' && text !== ':'))('has %j in code alone', (text) => {
    const markdown = scoreMarkdown(reportOf(text));
    const outside = markdown.replaceAll(/(`+)(?!`)[^\n]*?[^`\n]\1(?!`)|&#x7C;/g, '');
    expect(outside).not.toContain(text);
    expect(markdown).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/u);
  });
});

describe('text', () => {
  it.each(hostile)('steers neither a terminal nor the log of a CI: %j', (text) => {
    const written = scoreText(reportOf(text), { color: false });
    expect(written).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}]|^\s*::|##[\w.-]*\[/mu);
  });
});

describe('JSON', () => {
  it('has every utterance and every word, whatever is shown to people', () => {
    const document = JSON.parse(scoreJson({ ...reportOf('w'), most: 0 })) as Record<string, unknown>;
    expect(document).toMatchObject({
      maxWer: 0.1,
      withinMaxWer: false,
      groupedBy: 'w',
      groups: [{ value: 'w', utterances: 2 }],
      terms: { hits: 1, misses: 0, falseAlarms: 0, termErrorRate: 0, each: [{ name: 'w' }] },
      against: {
        file: 'w',
        details: [{ hypothesis: 'a w b c' }, { hypothesis: 'w w a' }],
        better: ['x'],
        worse: ['w'],
      },
      details: [
        { id: 'w', reference: 'a w b c', hypothesis: 'a b w w' },
        { id: 'x', reference: 'a', hypothesis: 'a w', operations: 'CI' },
      ],
    });
  });
});

describe('the bound', () => {
  it.each([
    [0.3, false],
    [1 / 3, true],
    [undefined, true],
  ])('of %s is kept: %s', (maxWer, kept) => {
    expect(isWithinBound(report({ maxWer }))).toBe(kept);
  });

  it('is not kept where there is no rate', () => {
    expect(isWithinBound({ score: scored({ u: '' }, { u: '' }), maxWer: 1 })).toBe(false);
  });
});

describe('the tables', () => {
  it('show fifty groups of more', () => {
    const utterances = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`s${index}-1`, 'a']));
    const score = scored(utterances, utterances);
    const groups = { by: 'speaker', groups: groupScores(score.utterances, (id) => id), valueOf: (id: string) => id };
    const text = scoreText(report({ score, groups, most: 0 }), { color: false });
    expect(text).toContain('\nGroups (50 of 60)\n');
    expect(text.match(/^s\d+-1 /gm)).toHaveLength(50);
  });
});
