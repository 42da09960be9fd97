import { describe, expect, it } from 'vitest';
import type { SavedPipeline } from '../../../../schemas/types.gen.ts';
import { findState } from '../../../../workflows/report/review/comment-state.ts';
import {
  endpointsOf,
  reviewComment,
  type ReviewForm,
  stateOf,
} from '../../../../workflows/report/review/review-comment.ts';
import { measured, planWith, reviewOf, swapSteps } from './review-of.ts';

const github: ReviewForm = {
  room: { most: 65_536, unit: 'characters' },
  html: true,
  mermaid: true,
  numberSign: '#',
};
const bitbucket: ReviewForm = { ...github, room: { most: 32_768, unit: 'characters' }, html: false, mermaid: false };

describe('the comment on a pull request', () => {
  it('has the headline first, and then its parts in order', () => {
    const text = reviewComment(reviewOf({ reportUrl: 'https://example.com/report.html' }), github);
    const lines = text.split('\n').filter((line) => /^(###|\*\*|<details|To do|Plan )/.test(line));
    expect(lines).toEqual([
      '### speechops: `production`',
      '**Would swap `ward`: WER 24.4 % -> 7.9 % [6.1, 9.9] on 942 words, better with p = 0.0001**',
      '#### Steps',
      '#### Endpoints',
      '#### Measured',
      '#### Ends',
      '<details><summary>The worst utterances</summary>',
      '<details><summary>The steps as a graph</summary>',
      'To do exactly this, once it is merged:',
      'Plan `b5bb9d8014a0` for `production`, of commit `0123456789ab`, planned `2026-01-02 03:04` UTC, 6 min before this was written.',
    ]);
    expect(text).toContain('| `ward` | `Wards 1` | `Wards 2` | `Wards 1` |');
    expect(text).toContain('| `candidate` | `test` | `Wards 2` | 7.9 % | 6.1 % to 9.9 % | 942 | better |');
    expect(text).toContain('- `speechops run --plan plan.json`');
  });

  it('says of endpoints of one name in several regions of which Speech resource each is', () => {
    const swap = {
      action: 'update',
      effects: ['update-endpoint'],
      endpointChange: { endpoint: 'ward', after: 'Wards 2' },
    } as const;
    const of = (...regions: readonly string[]): string =>
      reviewComment(
        reviewOf({
          plan: planWith(
            regions.map((region) => ({
              ...swap,
              id: region,
              resource: `https://contoso-${region}.cognitiveservices.azure.com`,
            })),
          ),
        }),
        github,
      );
    expect(of('eastus', 'japaneast')).toContain('| `ward at contoso-japaneast.cognitiveservices.azure.com` | none |');
    expect(of('eastus')).toContain('| `ward` | none |');
  });

  it('shows the five utterances with most errors, with both differences and a link', () => {
    const text = reviewComment(reviewOf({ reportUrl: 'https://example.com/report.html' }), github);
    expect(text.match(/\[play\]/g)).toHaveLength(5);
    expect(text).toContain(
      [
        '- `one`: 1 error, the other model 2 ([play](<https://example.com/report.html#set=candidate&id=one>))',
        '  - `Wards 2`: `the [-ward-]{+word+} is full`',
        '  - `Wards 1`: `the [-ward-] is [-full-]`',
      ].join('\n'),
    );
    expect(reviewComment(reviewOf(), github)).not.toContain('](<');
  });

  it('puts what would fail and be deleted first, and gives no command then', () => {
    const steps = [
      ...swapSteps,
      { id: 'broken', action: 'fail', summary: 'there is no dataset', effects: [] },
      { id: 'gone', action: 'update', summary: 'delete it', effects: ['delete-endpoint'] },
      {
        id: 'trying',
        action: 'update',
        summary: 'swap it',
        effects: ['create-endpoint', 'update-endpoint', 'delete-endpoint'],
      },
      {
        id: 'retrying',
        action: 'update',
        summary: 'swap it; removes ward-canary-dead',
        effects: ['create-endpoint', 'update-endpoint', 'delete-endpoint'],
        deletes: ['ward-canary-dead'],
      },
      { id: 'tidy', action: 'delete', summary: 'delete model old', effects: ['delete-model'] },
    ] as const;
    const review = reviewOf({ plan: planWith(steps) });
    const [text, plain] = [reviewComment(review, github), reviewComment(review, bitbucket)];
    expect(text).toContain('**Would fail: step `broken` of `calls`**');
    expect(text.indexOf('**Would fail:**\n\n- `broken: there is no dataset`')).toBeLessThan(text.indexOf('#### Steps'));
    const deleting =
      '**Would delete:**\n\n- `gone: delete it`\n- `retrying: swap it; removes ward-canary-dead`\n- `tidy: delete model old`';
    expect([text, plain]).toEqual([expect.stringContaining(deleting), expect.stringContaining(deleting)]);
    expect(text.indexOf('| `retrying`')).toBeLessThan(text.indexOf('| `go-live`'));
    expect(text.indexOf('| `broken`')).toBeLessThan(text.indexOf('| `gone`'));
    expect(text.indexOf('| `gone`')).toBeLessThan(text.indexOf('| `go-live`'));
    expect(text).not.toContain('speechops run');
    expect(text).toContain('Next: mend what would fail, and plan again.');
  });

  it.each([
    ['denied', 'Next: change what policies deny, or the policies, and plan again.'],
    [
      'needs-acknowledgement',
      'Next: let somebody acknowledge in `policies.yaml` what needs it, or change it, and plan again.',
    ],
  ] as const)('gives no command for what is %s, and says what to do', (verdict, next) => {
    const policies = [{ rule: 'wer', verdict, message: 'too many errors' }];
    const text = reviewComment(reviewOf({ plan: planWith(swapSteps, { policies }) }), github);
    expect(text).toContain(next);
    expect(text).not.toMatch(/speechops run|To do exactly this/);
    expect(text).toMatch(/\n\*\*Would (be denied by|need an acknowledgement for) `wer`: `too many errors`\*\*\n/);
  });

  it('says what changed that is not of the pull request, and remembers the first time', () => {
    const first = stateOf(reviewOf());
    const now = planWith(
      swapSteps.map((step) => (step.id === 'adapted' ? { ...step, restsOn: { 'the base model is': 'B (2)' } } : step)),
    );
    const second = reviewOf({ plan: { ...now, hash: 'c'.repeat(64) }, previous: first });
    const text = reviewComment(second, github);
    expect(text).toContain(
      '**Not yours**, changed since the first of these comments:\n\n- `step adapted: the base model is B (2) now, it was A (1)`',
    );
    expect(stateOf(second).base).toEqual(first.base);
    const third = reviewOf({ plan: second.plan, previous: stateOf(second) });
    expect(reviewComment(third, github)).toContain('**Not yours**');
    expect(reviewComment(reviewOf({ previous: first }), github)).not.toContain('**Not yours**');
  });

  it('calls another measurement not yours only while the data of the pull request are the same', () => {
    const first = stateOf(reviewOf());
    const results = measured();
    const [set] = results.sets;
    const again = { ...results, sets: [{ ...set!, againstRate: { ...set!.againstRate!, errors: 199 } }] };
    expect(reviewComment(reviewOf({ results: again, previous: first }), github)).toContain(
      '- `the measurement of Wards 1 in step candidate is another one: 199 errors in 942 words, it was 230 in 942`',
    );
    const data = [{ path: 'data/test', kind: 'Acoustic', digest: 'd2' }];
    const changed = reviewOf({ plan: planWith(swapSteps, { data }), results: again, previous: first });
    expect(reviewComment(changed, github)).not.toContain('**Not yours**');
  });

  it('keeps ten earlier headlines, and none twice for one plan', () => {
    let state = stateOf(reviewOf());
    expect(stateOf(reviewOf({ previous: state })).history).toEqual([]);
    for (let index = 0; index < 15; index += 1) {
      const plan = { ...planWith(swapSteps), hash: String(index % 10).repeat(64) };
      const text = reviewComment(reviewOf({ plan, previous: state }), github);
      state = findState(text)!;
    }
    expect(state.history).toHaveLength(10);
    expect(state.history[0]?.planHash).toBe('3'.repeat(64));
  });

  it('hides what it remembers, without HTML, where tags are shown', () => {
    const text = reviewComment(reviewOf({ previous: { ...stateOf(reviewOf()), headline: 'before' } }), bitbucket);
    expect(text).toMatch(/^\[speechops\]: # "speechops-comment-1 [\w-]+"\n\n### /);
    expect(text).not.toMatch(/[<](!--|details|\/)/);
    expect(text).not.toContain('mermaid');
    expect(text).toContain('#### What this said before');
    expect(findState(text)?.history[0]?.headline).toBe('before');
  });

  it('has room for people, however much there is to remember', () => {
    const steps = Array.from({ length: 400 }, (_, index) => ({
      ...swapSteps[3],
      id: `${index} ${'語'.repeat(80)}`,
      restsOn: { [`a ${'語'.repeat(200)}`]: '語'.repeat(200) },
      endpointChange: { endpoint: `${index} ${'語'.repeat(90)}` },
    }));
    const text = reviewComment(reviewOf({ plan: planWith(steps), environment: '語'.repeat(500) }), bitbucket);
    expect(text.length).toBeLessThanOrEqual(32_768);
    expect(text.indexOf('###')).toBeLessThan(12_500);
    expect(findState(text)?.environment).toMatch(/^語+…語+$/);
  });

  it('is cut by whole rows to what the place takes, and says so', () => {
    const steps = Array.from({ length: 900 }, (_, index) => ({ id: `step-${index}`, summary: 'x'.repeat(400) }));
    for (const form of [github, bitbucket]) {
      const text = reviewComment(reviewOf({ plan: planWith(steps) }), form);
      expect(text.length).toBeLessThanOrEqual(form.room.most);
      expect(text.length).toBeGreaterThan(form.room.most * 0.9);
      expect(text).toMatch(/Left out to stay within (65,536|32,768) characters: .*\d+ of 900 rows of steps/);
      expect(text).toContain('- `speechops run --plan plan.json`');
    }
    const bytes = { most: 40_000, unit: 'bytes' } as const;
    const wide = reviewComment(
      reviewOf({ plan: planWith(steps.map((step) => ({ ...step, summary: 'ü'.repeat(290) }))) }),
      { ...github, room: bytes },
    );
    expect(Buffer.byteLength(wide)).toBeLessThanOrEqual(40_000);
  });

  it('shows costs, policies and changes of data where a plan has them', () => {
    const announced = {
      data: [
        {
          path: 'data/text.txt',
          kind: 'Language',
          digest: 'd',
          changes: {
            since: 'main',
            added: 3,
            removed: 1,
            changed: 0,
            unit: 'lines',
            examples: [{ change: 'added', text: 'apixaban' }],
          },
        },
      ],
      cost: {
        currency: 'USD',
        prices: { date: '2026-01-01', source: 'https://example.com/prices' },
        items: [
          { step: 'go-live', what: 'hosting', unit: 'h', quantity: 730, price: 0.05, amount: 36.5, per: 'month' },
          { step: 'adapted', what: 'training', unit: 'h', per: 'once' },
        ],
        perMonth: 36.5,
      },
      policies: [
        { rule: 'weekdays', verdict: 'warned', message: 'it is Saturday' },
        { rule: 'wer', verdict: 'denied', message: 'WER above 20 %', step: 'go-live' },
      ],
    } as unknown as Partial<SavedPipeline>;
    const plan = planWith(swapSteps);
    const pipelines = plan.pipelines.map((pipeline) => ({ ...pipeline, ...announced }));
    const text = reviewComment(reviewOf({ plan: { ...plan, pipelines } }), github);
    expect(text).toContain('- `data/text.txt`: 1 line removed, 3 added since `main`\n  - added: `apixaban`');
    expect(text).toContain(
      'Costs 36.50 USD a month more, by prices of 2026-01-01, and what is unknown: the hours of `training`.',
    );
    expect(text).toContain('| `go-live` | `hosting` | 730 h | 0.05 | `36.50 a month` |');
    expect(text).toContain(
      '#### Policies\n\n- Denied by `wer` at `go-live`: `WER above 20 %`.\n- Warned by `weekdays`: `it is Saturday`.',
    );
  });

  it('has the graph of the steps with letters and digits of names alone', () => {
    const steps = [{ id: 'a"] --> b' }, { id: 'b`', action: 'at-run-time', needs: ['a"] --> b', 'gone'] }] as const;
    const text = reviewComment(reviewOf({ plan: planWith(steps) }), github);
    expect(text).toContain(
      '  s0["a__ --_ b<br/>create"]:::change\n  s1["b_<br/>at run time"]:::open\n  s0 --> s1\n  classDef',
    );
  });
});

describe('the endpoints of a plan', () => {
  it('are those that would or may get another model, on resources that others reach', () => {
    const here = { resource: 'https://contoso.cognitiveservices.azure.com', name: 'ward' };
    expect(endpointsOf(planWith(swapSteps))).toEqual([here]);
    expect(endpointsOf(planWith([{ ...swapSteps[3], action: 'at-run-time' }]))).toEqual([here]);
    expect(endpointsOf(planWith([{ ...swapSteps[3], action: 'reuse', effects: [] }]))).toEqual([]);
    expect(endpointsOf(planWith(swapSteps, { target: 'embedded-emulator' }))).toEqual([]);
  });
});
