import { describe, expect, it } from 'vitest';
import {
  scheduleChanges,
  type DeclaredSchedule,
  type Schedule,
  type ScheduleChange,
} from '../../../../workflows/fleet/schedules/schedule-changes.ts';

const before = new Date('2026-01-01T00:00:00Z');
const now = new Date('2026-02-01T00:00:00Z');
const entry = { cron: '0 3 * * 1', timeZone: 'UTC', missed: 'once', inputs: {} } as const;
const declared: DeclaredSchedule = {
  pipeline: 'calls',
  entries: [entry],
  file: '/repo/calls.yaml',
  endpoint: 'https://one',
  priority: 100,
};
const kept: Schedule = {
  ...entry,
  pipeline: 'calls',
  name: undefined,
  file: '/repo/calls.yaml',
  endpoint: 'https://one',
  priority: 100,
  isPaused: false,
  doneUntil: before,
  lastTick: before,
  lastRunId: 'run-1',
  failure: { tick: before, message: 'no', attempts: 2 },
};

function change(to: Partial<DeclaredSchedule>, existing: readonly Schedule[] = [kept]): readonly ScheduleChange[] {
  return scheduleChanges(existing, { declared: [{ ...declared, ...to }], now });
}

describe('scheduleChanges', () => {
  it('keeps what is declared already', () => {
    expect(change({})).toEqual([{ kind: 'kept', schedule: kept }]);
  });

  it('lets a new entry begin now', () => {
    const [added] = change({}, []);
    expect([added?.kind, added?.schedule.doneUntil]).toEqual(['added', now]);
  });

  it.each([
    ['cron', { cron: '0 4 * * 1' }],
    ['time zone', { timeZone: 'Europe/Berlin' }],
    ['rule for missed times', { missed: 'skip' }],
  ] as const)('lets another %s begin now', (_, part) => {
    const [changed] = change({ entries: [{ ...entry, ...part }] });
    expect([changed?.kind, changed?.schedule.doneUntil]).toEqual(['changed', now]);
    expect(changed?.schedule).toMatchObject({ ...part, lastRunId: 'run-1' });
  });

  it.each([
    ['file', { file: '/elsewhere/calls.yaml' }],
    ['Speech resource', { endpoint: 'https://two' }],
    ['priority', { priority: 1 }],
    ['value of an input', { entries: [{ ...entry, inputs: { 'max-wer': '12%' } }] }],
  ])('still makes up for missed times with another %s, and tries anew', (_, part) => {
    const [changed] = change(part);
    expect([changed?.kind, changed?.schedule.doneUntil]).toEqual(['changed', before]);
    expect(changed?.schedule.failure).toBeUndefined();
  });

  it('removes entries that the pipeline no longer has, and no other pipeline’s', () => {
    const other = { ...kept, pipeline: 'texts' };
    expect(change({ entries: [] }, [kept, other])).toEqual([{ kind: 'removed', schedule: kept }]);
    const kinds = change({ entries: [{ ...entry, name: 'weekly' }] }).map(({ kind, schedule }) => [
      kind,
      schedule.name,
    ]);
    expect(kinds).toEqual([
      ['added', 'weekly'],
      ['removed', undefined],
    ]);
  });

  it('pauses an entry that joins paused ones', () => {
    const changes = change({ entries: [{ ...entry, name: 'weekly' }] }, [{ ...kept, isPaused: true }]);
    expect(changes.find(({ kind }) => kind === 'added')?.schedule.isPaused).toBe(true);
  });
});
