import { type DeclaredInput, hasDefault, writtenValue } from './check-inputs.ts';
import { cronOfNickname, cronProblem, isTimeZone } from './cron.ts';
import type { Findings } from './diagnostics.ts';
import { isTemplate } from './expression-syntax.ts';
import { nearestName } from './nearest-name.ts';
import { entryAt, textOf, valueAt } from './plain-value.ts';
import type { SourceMap } from './read-document.ts';

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
  for (const entry of entries) {
    checkTimes(entry, scope.findings);
    checkScheduledInputs(entry, { ...scope, told });
  }
}

function checkNames(entries: readonly SourceMap[], findings: Findings): void {
  const first = new Map<string, number>();
  for (const entry of entries) {
    const node = valueAt(entry, 'name');
    const name = textOf(node);
    if (node === undefined && entries.length > 1) {
      findings.report('missing-schedule-name', entry.entries[0]?.keySpan ?? entry, {});
    }
    if (node === undefined || name === undefined) continue;
    const other = first.get(name.toLowerCase());
    if (other === undefined) first.set(name.toLowerCase(), node.start);
    else findings.report('duplicate-schedule-name', node, { name, firstLine: findings.lineOf(other) });
  }
}

function checkTimes(entry: SourceMap, findings: Findings): void {
  const cron = valueAt(entry, 'cron');
  const value = textOf(cron) ?? '';
  if (cron !== undefined && value !== '' && !isTemplate(value)) {
    const problem = cronProblem(value);
    if (problem !== undefined)
      findings.report('invalid-cron', cron, { value, problem, nearest: cronOfNickname(value) });
  }
  const zone = valueAt(entry, 'time-zone');
  const name = textOf(zone) ?? '';
  if (zone === undefined || name === '' || isTemplate(name) || isTimeZone(name)) return;
  const nearest = nearestName(name, ['UTC', ...Intl.supportedValuesOf('timeZone')]);
  findings.report('unknown-time-zone', zone, { value: name, nearest });
}

function checkScheduledInputs(entry: SourceMap, scope: ScheduleScope & { readonly told: Set<string> }): void {
  const { inputs, findings, told } = scope;
  const section = entryAt(entry, 'inputs');
  const given = section?.value.kind === 'map' ? section.value.entries : [];
  for (const { key, keySpan, value } of given) {
    const type = inputs.get(key)?.type;
    if (type !== undefined) writtenValue(value, { input: key, type, given: true, findings });
    if (inputs.has(key) || told.has(key)) continue;
    told.add(key);
    const allowed = [...inputs.keys()];
    findings.report('unknown-input', keySpan, { input: key, allowed, nearest: nearestName(key, allowed) });
  }
  // A value under a wrong name may be the one that is missing.
  if (given.some(({ key }) => !inputs.has(key))) return;
  for (const [input, { type, entry: declaration }] of inputs) {
    if (type === undefined || hasDefault(declaration) || given.some(({ key }) => key === input)) continue;
    const at = section?.keySpan ?? entry.entries[0]?.keySpan ?? entry;
    findings.report('scheduled-input-missing', at, { input, type });
  }
}
