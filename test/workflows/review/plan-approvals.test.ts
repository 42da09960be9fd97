import { describe, expect, it } from 'vitest';
import { readApprovals, withApproval } from '../../../workflows/review/plan-approvals.ts';

const [plan, another] = ['a'.repeat(64), 'b'.repeat(64)];
const approval = { pipeline: 'p.yaml', step: 'ok', approved: true, by: 'ann', at: '2026-01-02T03:04:05.000Z' };

describe('answers to a plan', () => {
  it('are kept for its hash, of each person the first to a step', () => {
    const first = withApproval(undefined, { plan, approval });
    expect(first).toEqual({ document: { version: 1, plan, approvals: [approval] }, kept: approval });
    const no = { ...approval, approved: false };
    expect(withApproval(first.document, { plan, approval: no })).toEqual(first);
    const other = { ...no, by: 'bob' };
    expect(withApproval(first.document, { plan, approval: other }).document.approvals).toEqual([approval, other]);
    const elsewhere = { ...no, pipeline: 'q.yaml' };
    expect(withApproval(first.document, { plan, approval: elsewhere }).document.approvals).toEqual([
      approval,
      elsewhere,
    ]);
  });

  it('do not count for another plan', () => {
    const before = withApproval(undefined, { plan, approval }).document;
    const again = { ...approval, by: 'bob' };
    expect(withApproval(before, { plan: another, approval: again }).document).toEqual({
      version: 1,
      plan: another,
      approvals: [again],
    });
  });

  it('are read back, or it is said why not', () => {
    const { document } = withApproval(undefined, { plan, approval });
    expect(readApprovals(JSON.stringify(document))).toEqual({ document });
    expect(readApprovals('{')).toEqual({ fault: 'it is no JSON' });
    expect(readApprovals(JSON.stringify({ ...document, version: 2 }))).toEqual({
      fault: 'it has version 2, and this program reads version 1',
    });
    expect(readApprovals(JSON.stringify({ ...document, plan: 'x' }))).toEqual({
      fault: expect.stringContaining('schemas/approvals.schema.json says: /plan ') as string,
    });
  });
});
