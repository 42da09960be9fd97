import type { Plan } from '../plan/plan.ts';
import type { RunRecord, StepRecord } from '../engine/run-record.ts';

/** The plan with which a run was started; undefined when this version cannot read it. */
export function storedPlan(stored: unknown): Plan | undefined {
  return isPlan(stored) ? stored : undefined;
}

/** The record of a run; undefined when this version cannot read it. */
export function storedRecord(stored: unknown): RunRecord | undefined {
  return isRunRecord(stored) ? stored : undefined;
}

/** The record of a step; undefined when the stored value is something else, or this version cannot read it. */
export function storedStep(stored: unknown): StepRecord | undefined {
  return isStepRecord(stored) ? stored : undefined;
}

function isPlan(stored: unknown): stored is Plan {
  if (!isObject(stored) || !isObject(stored['pipeline'])) return false;
  const { name, steps, layers } = stored['pipeline'];
  return typeof name === 'string' && isListOf(steps, isStep) && isListOf(layers, isListOfTexts);
}

function isStep(stored: unknown): boolean {
  return isObject(stored) && isText(stored['id']) && isText(stored['uses']) && isListOfTexts(stored['needs']);
}

function isRunRecord(stored: unknown): stored is RunRecord {
  if (!isObject(stored) || !isObject(stored['steps'])) return false;
  const { pipeline, status, startedAt, finishedAt, steps } = stored;
  return [pipeline, status, startedAt, finishedAt].every(isText) && Object.values(steps).every(isStepRecord);
}

function isStepRecord(stored: unknown): stored is StepRecord {
  return isObject(stored) && isText(stored['status']) && isText(stored['uses']) && isObject(stored['outputs']);
}

function isObject(stored: unknown): stored is Readonly<Record<string, unknown>> {
  return typeof stored === 'object' && stored !== null && !Array.isArray(stored);
}

function isText(stored: unknown): boolean {
  return typeof stored === 'string';
}

function isListOfTexts(stored: unknown): boolean {
  return isListOf(stored, isText);
}

function isListOf(stored: unknown, isOne: (item: unknown) => boolean): boolean {
  return Array.isArray(stored) && stored.every(isOne);
}
