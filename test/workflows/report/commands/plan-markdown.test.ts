import { describe, expect, it } from 'vitest';
import { planMarkdown } from '../../../../workflows/report/commands/plan-markdown.ts';
import { renderMarkdown } from '../../../fuzz/rendered-markdown.ts';
import { savedPipelineOf } from '../../review/saved-pipeline.ts';
import { planOf } from '../plan-of.ts';

const hash = 'abcdef0123456789';

describe('a plan in Markdown', () => {
  it('is a table of steps, those first that would fail and those that delete', () => {
    const plan = planOf(
      { id: 'text', resource: 'https://west', summary: 'upload text.txt' },
      { id: 'canary', resource: 'https://west', action: 'at-run-time', effects: ['delete-endpoint'] },
      { id: 'tidy', resource: 'https://west', action: 'update', effects: ['delete-endpoint'] },
      { id: 'old', resource: 'https://west', action: 'delete', effects: ['delete-model'] },
      {
        id: 'swap',
        resource: 'https://west',
        action: 'update',
        effects: ['create-endpoint', 'update-endpoint', 'delete-endpoint'],
        deletes: ['ward-canary-dead'],
      },
      { id: 'live', resource: 'https://west', action: 'fail', summary: 'Correct the name' },
    );
    expect(planMarkdown([plan], { hash })).toBe(
      [
        '## `calls` on `https://west`: 1 to create, 2 to update, 1 to delete, 1 decided at run time, 1 that would fail',
        '',
        '| step | action | what, and why |',
        '| --- | --- | --- |',
        '| `live` | fail | `Correct the name` |',
        '| `tidy` | update | `make it` |',
        '| `old` | delete | `make it` |',
        '| `swap` | update | `make it` |',
        '| `text` | create | `upload text.txt` |',
        '| `canary` | at run time | `make it` |',
        '',
        'Plan `abcdef012345`.',
        '',
      ].join('\n'),
    );
  });

  it('names the resource of each step where there are several, and how a saved plan is done', () => {
    const plan = planOf({ resource: 'https://west' }, { resource: 'embedded-emulator', action: 'reuse' }, {});
    const saved = { hash, file: 'plan.json', commands: ['speechops run a.yaml --plan plan.json'] };
    expect(planMarkdown([plan, planOf({})], { hash, saved }).split('\n')).toEqual([
      '## `calls` on `https://west`, `the embedded emulator`: 2 to create, 1 to reuse',
      '',
      '| step | action | resource | what, and why |',
      '| --- | --- | --- | --- |',
      '| `s0` | create | `https://west` | `make it` |',
      '| `s1` | reuse | `the embedded emulator` | `make it` |',
      '| `s2` | create |  | `make it` |',
      '',
      '## `calls`: 1 to create',
      '',
      '| step | action | what, and why |',
      '| --- | --- | --- |',
      '| `s0` | create | `make it` |',
      '',
      'Plan `abcdef012345` is in `plan.json`. To do exactly this:',
      '',
      '- `speechops run a.yaml --plan plan.json`',
      '',
    ]);
  });

  it('says which data have changed, and which calls would change the resource', () => {
    const since = 'main (1a2b3c4d5e6f)';
    const changes = { since, unit: 'lines', added: 2, removed: 0, changed: 0, examples: [] } as const;
    const calls = ['POST /datasets', 'PUT /datasets/{id}/blocks'];
    const step = { id: 's0', uses: 'upload', action: 'create', summary: 'x', effects: [], outputs: {}, calls } as const;
    const review = savedPipelineOf({
      data: [{ path: 'text.txt', kind: 'Language', digest: 'd', changes }],
      steps: [step, { ...step, id: 's1', calls: ['POST /datasets'] }],
    });
    expect(planMarkdown([planOf({}, {})], { hash, reviews: [review] })).toContain(
      '| `s1` | create | `make it` |\n\n- `text.txt`: 2 lines added since `main (1a2b3c4d5e6f)`\n\n' +
        'May call `POST /datasets (2 steps)`, `PUT /datasets/{id}/blocks`.\n\nPlan `abcdef012345`.\n',
    );
  });

  it('makes nothing but text of what strangers call things', () => {
    const hostile = '@org/team | <script>alert(1)</script> [x](http://evil.example) `#1`\n\n/close';
    const plan = { ...planOf({ id: hostile, summary: hostile, resource: hostile }) };
    const named = { ...plan, pipeline: { ...plan.pipeline, name: hostile } };
    const saved = { hash, file: hostile, commands: [hostile] };
    const rendered = renderMarkdown(planMarkdown([named], { hash, saved }));
    const plain = renderMarkdown(
      planMarkdown([planOf({ resource: 'x' })], { hash, saved: { hash, file: 'x', commands: ['x'] } }),
    );
    expect(rendered.elements).toEqual(plain.elements);
    expect(rendered.liveText).not.toMatch(/@|script|evil|#1|close/);
  });
});
