import { type DeclaredInput, hasDefault, writtenValue } from '../checks/check-inputs.ts';
import { cronOfNickname, cronProblem, isTimeZone } from './cron.ts';
import type { Findings } from '../../document/diagnostics/diagnostics.ts';
import { entryAt, isTemplate, scalarText, valueAt } from '../../document/yaml/plain-value.ts';
import { nearestName } from '../../document/nearest-name.ts';
import type { InputType } from '../pipeline.ts';
import type { SourceMap } from '../../document/yaml/read-document.ts';

interface ScheduleScope {
  readonly inputs: ReadonlyMap<string, DeclaredInput>;
  /** Inputs that expressions read: one that is not declared is reported already. */
  readonly read: ReadonlySet<string>;
  readonly findings: Findings;
}

/** Checks what the schema cannot of the entries under `schedule`: times, time zones, names, and values for inputs. */
export function checkSchedule(document: SourceMap, scope: ScheduleScope): void {
  const list = valueAt(document, 'schedule');
  const entries = list?.kind === 'list' ? list.items.filter((item) => item.kind === 'map') : [];
  checkNames(entries, scope.findings);
  const told = new Set(scope.read);
  const needed = [...scope.inputs].flatMap(([input, { type, entry }]) =>
    type === undefined || hasDefault(entry) ? [] : [[input, type] as const],
  );
  const isZone = remembered(isTimeZone);
  const problemOf = remembered(cronProblem);
  for (const entry of entries) {
    checkTimes(entry, { findings: scope.findings, isZone, problemOf });
    checkScheduledInputs(entry, { ...scope, told, needed });
  }
}

function checkNames(entries: readonly SourceMap[], findings: Findings): void {
  const first = new Map<string, number>();
  for (const entry of entries) {
    const node = valueAt(entry, 'name');
    const name = scalarText(node);
    if (node === undefined && entries.length > 1) {
      findings.report('missing-schedule-name', entry.entries[0]?.keySpan ?? entry, {});
    }
    if (node === undefined || name === undefined) continue;
    const other = first.get(name.toLowerCase());
    if (other === undefined) first.set(name.toLowerCase(), node.start);
    else findings.report('duplicate-schedule-name', node, () => ({ name, firstLine: findings.lineOf(other) }));
  }
}

/** Gives the same answer to the same question without finding it again. */
function remembered<Answer>(find: (text: string) => Answer): (text: string) => Answer {
  const answers = new Map<string, Answer>();
  return (text) => {
    if (!answers.has(text)) answers.set(text, find(text));
    return answers.get(text) as Answer;
  };
}

function checkTimes(
  entry: SourceMap,
  {
    findings,
    isZone,
    problemOf,
  }: { readonly findings: Findings; readonly isZone: typeof isTimeZone; readonly problemOf: typeof cronProblem },
): void {
  const cron = valueAt(entry, 'cron');
  const value = scalarText(cron) ?? '';
  if (cron !== undefined && value !== '' && !isTemplate(value)) {
    const problem = problemOf(value);
    if (problem !== undefined)
      findings.report('invalid-cron', cron, { value, problem, nearest: cronOfNickname(value) });
  }
  const zone = valueAt(entry, 'time-zone');
  const name = scalarText(zone) ?? '';
  if (zone === undefined || name === '' || isTemplate(name) || isZone(name)) return;
  findings.report('unknown-time-zone', zone, () => ({
    value: name,
    nearest: nearestName(name, ['UTC', ...Intl.supportedValuesOf('timeZone')]),
  }));
}

/** An entry that lacks more inputs than these is told of these. */
const MAX_MISSING = 16;

function checkScheduledInputs(
  entry: SourceMap,
  scope: ScheduleScope & {
    readonly told: Set<string>;
    /** The inputs that must be given, with their types. */
    readonly needed: readonly (readonly [string, InputType])[];
  },
): void {
  const { inputs, findings, told } = scope;
  const section = entryAt(entry, 'inputs');
  const given = section?.value.kind === 'map' ? section.value.entries : [];
  for (const { key, keySpan, value } of given) {
    const type = inputs.get(key)?.type;
    if (type !== undefined) writtenValue(value, { input: key, type, given: true, findings });
    if (inputs.has(key) || told.has(key)) continue;
    told.add(key);
    findings.report('unknown-input', keySpan, () => ({
      input: key,
      allowed: [...inputs.keys()],
      nearest: nearestName(key, inputs.keys()),
    }));
  }
  // A value under a wrong name may be the one that is missing.
  if (given.some(({ key }) => !inputs.has(key))) return;
  const names = new Set(given.map(({ key }) => key));
  const missing = scope.needed.filter(([input]) => !names.has(input));
  const at = section?.keySpan ?? entry.entries[0]?.keySpan ?? entry;
  for (const [input, type] of missing.slice(0, MAX_MISSING))
    findings.report('scheduled-input-missing', at, { input, type });
}
