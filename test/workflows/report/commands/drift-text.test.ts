import { describe, expect, it } from 'vitest';
import type { DriftDocument } from '../../../../schemas/types.gen.ts';
import { driftMarkdown, driftText } from '../../../../workflows/report/commands/drift-text.ts';

const drift: DriftDocument = {
  resource: 'https://contoso.cognitiveservices.azure.com',
  observedAt: '2026-11-29T01:40:00.000Z',
  withinDays: 30,
  compared: ['ward.yaml', 'releases/calls.yaml'],
  findings: [
    {
      kind: 'other-model',
      level: 'drift',
      object: { kind: 'endpoint', name: 'calls', id: 'a', locale: 'en-US' },
      file: 'ward.yaml',
      declared: 'good (1), says releases/calls.yaml',
      there: 'trial (2)',
      since: '2026-11-28T16:02:11Z',
      advice: 'Give it that model again',
      command: 'speechops rollback calls ward.yaml --to 1',
    },
    {
      kind: 'undeclared-endpoint',
      level: 'note',
      object: { kind: 'endpoint', name: 'a | @all \u001B[31m\n::error::<b>', locale: 'en-US' },
      declared: 'no such endpoint in ward.yaml',
      there: 'an endpoint, which is charged',
      advice: 'Name it',
    },
  ],
};

describe('driftText', () => {
  it('has a paragraph for each finding, with what is declared, what is there and what to do', () => {
    expect(driftText(drift)).toBe(`drift: endpoint calls (en-US): serves another model
  declared  good (1), says releases/calls.yaml (ward.yaml)
  there     trial (2), since 2026-11-28 at the latest
  do        Give it that model again
            speechops rollback calls ward.yaml --to 1

note: endpoint a | @all \\u001B[31m\\u000A::error::<b> (en-US): is not declared
  declared  no such endpoint in ward.yaml
  there     an endpoint, which is charged
  do        Name it

1 thing on https://contoso.cognitiveservices.azure.com is otherwise than 2 files say, 1 note, seen on 2026-11-29 01:40 UTC by the clock of the service
`);
    expect(driftText(drift, { color: true })).toContain('\u001B[31mdrift\u001B[39m: endpoint');
  });

  it('is one sentence where nothing differs', () => {
    expect(driftText({ ...drift, findings: [] })).toMatch(
      /^Nothing on https:\S+ is otherwise than 2 files say, seen on/,
    );
    expect(driftText({ ...drift, findings: [], compared: [] })).toContain('is otherwise than its own marks say');
  });
});

describe('driftMarkdown', () => {
  it('is a table in which names are but text', () => {
    const markdown = driftMarkdown(drift);
    expect(markdown).toContain('|  | what | object | declared | there | since | do | command |');
    expect(markdown).toContain('| drift | `serves another model` | `endpoint calls (en-US)` |');
    expect(markdown).toContain('| 2026-11-28 |');
    expect(markdown).toContain('`endpoint a `&#x7C;` @all \\u001B[31m ::error::<b> (en-US)`');
    expect(driftMarkdown({ ...drift, findings: [] })).not.toContain('|');
  });
});
