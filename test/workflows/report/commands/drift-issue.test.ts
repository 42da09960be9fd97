import { describe, expect, it } from 'vitest';
import type { DriftDocument, DriftFinding } from '../../../../schemas/types.gen.ts';
import { driftIssue } from '../../../../workflows/report/commands/drift-issue.ts';

const finding: DriftFinding = {
  kind: 'undeclared-endpoint',
  level: 'drift',
  object: { kind: 'endpoint', name: '@all #1 <b>', locale: 'en-US' },
  declared: 'no such endpoint in ward.yaml',
  there: 'an endpoint, which is charged',
  advice: 'Name it',
};
const drift: DriftDocument = {
  resource: 'https://contoso.cognitiveservices.azure.com',
  observedAt: '2026-11-29T01:40:00.000Z',
  withinDays: 30,
  compared: ['ward.yaml'],
  findings: [finding],
};
const room = { longestText: 65_536 };

describe('driftIssue', () => {
  it('is the same while the same differs, whatever the time and the notes are', () => {
    const later = { ...drift, observedAt: '2026-12-01T00:00:00Z', findings: [finding, { ...finding, level: 'note' }] };
    const { marker, issue } = driftIssue(drift, room);
    expect(driftIssue(later as DriftDocument, room)).toMatchObject({ marker, issue });
    expect(issue?.title).toBe('Drift on contoso.cognitiveservices.azure.com');
    expect(issue?.body).toMatch(
      /^1 thing on `https:\S+` is otherwise than the repository says\. Compared with: `ward.yaml`\.\n\n\|/,
    );
    expect(marker).toMatch(/^speechops-drift-[0-9a-f]{12}$/);
    expect(driftIssue({ ...drift, resource: 'https://other' }, room).marker).not.toBe(marker);
  });

  it('is none when nothing differs, and says so', () => {
    const { issue, comment } = driftIssue({ ...drift, findings: [] }, room);
    expect(issue).toBeUndefined();
    expect(comment).toMatch(/^`Nothing on https:\S+ is otherwise than 1 file says, seen on 2026-11-29 01:40 UTC/);
  });

  it('leaves out rows that a host has no room for, and says how many', () => {
    const findings = Array.from({ length: 1000 }, () => finding);
    const body = driftIssue({ ...drift, findings }, { longestText: 10_000 }).issue?.body ?? '';
    const rows = body.split('\n').filter((line) => line.startsWith('| drift')).length;
    expect(body.length).toBeLessThan(10_000);
    expect(rows).toBeGreaterThan(10);
    expect(body).toContain(`${1000 - rows} more are left out`);
    expect(body).toContain('`endpoint @all #1 <b> (en-US)`');
  });
});
