import type { SavedData, SavedFile, SavedInput, SavedPipeline, SavedStep } from '../../schemas/types.gen.ts';
import { counted } from '../document/counted.ts';
import type { PlainValue } from '../document/yaml/plain-value.ts';
import { formatRate } from '../document/rates.ts';
import { canonicalJson } from '../plan/canonical-json.ts';
import { hasEnded } from '../plan/models.ts';

/**
 * Why a saved plan is not what would be done now, each as a sentence for people; none when it is. `now` has its days counted from the
 * time of the saved plan, so that it differs by what has changed and not by the days that have gone. `stepsNow` have them counted from now:
 * of these counts only what they make a step do, and that a model has ended.
 */
export function whatChanged(
  saved: SavedPipeline,
  { now, stepsNow }: { readonly now: SavedPipeline; readonly stepsNow: readonly SavedStep[] },
): readonly string[] {
  const causes = [
    ...(saved.file && now.file ? fileChanged(saved.file, now.file) : []),
    ...inputsChanged(saved.inputs, now.inputs),
    ...valuesChanged(saved.variables, now.variables).map((change) => `variable ${change}`),
    ...(saved.target === now.target ? [] : [`the Speech resource is ${now.target}, it was ${saved.target}`]),
    ...dataChanged(saved.data, now.data),
    ...worldChanged(saved.steps, now.steps),
  ];
  if (causes.length > 0) return shortened(causes);
  const steps = stepsChanged(saved.steps, now.steps);
  if (steps.length > 0) return shortened(steps);
  const aged = stepsAged(saved.steps, stepsNow);
  if (aged.length > 0 || saved.normalised === now.normalised) return shortened(aged);
  return [`pipeline ${saved.name} is understood otherwise than it was when the plan was made`];
}

const mostChanges = 12;

function shortened(changes: readonly string[]): readonly string[] {
  const rest = changes.length - mostChanges;
  return rest <= 0 ? changes : [...changes.slice(0, mostChanges), `and ${counted(rest, 'further change')}`];
}

function fileChanged(saved: SavedFile, now: SavedFile): readonly string[] {
  if (saved.sha256 === now.sha256) return [];
  return [`${now.path} changed${placeOfChange(saved.lines, now.lines)}`];
}

/** From the first line that differs to the last one, in the new file. */
function placeOfChange(before: readonly string[], after: readonly string[]): string {
  const most = Math.min(before.length, after.length);
  let first = 0;
  while (first < most && before[first] === after[first]) first += 1;
  let same = 0;
  while (same < most - first && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  const last = after.length - same;
  if (last > first) return last === first + 1 ? ` at line ${last}` : ` at lines ${first + 1} to ${last}`;
  const gone = before.length - same - first;
  return gone === 0
    ? ' in its line ends or its encoding'
    : ` behind line ${first}, where ${counted(gone, 'line')} went out`;
}

type Inputs = Readonly<Record<string, SavedInput>>;

function inputsChanged(saved: Inputs, now: Inputs): readonly string[] {
  return namesOf(saved, now).flatMap((name) => {
    const [before, after] = [saved[name], now[name]];
    if (before?.value === after?.value && before?.type === after?.type) return [];
    const beside = [before, after].flatMap((one) => (typeof one?.value === 'number' ? [one.value] : []));
    const shown = (input: SavedInput | undefined): string => (input === undefined ? 'none' : shownInput(input, beside));
    return [`input ${name} is ${shown(after)}, it was ${shown(before)}`];
  });
}

function shownInput({ type, value }: SavedInput, beside: readonly number[]): string {
  if (type === 'rate' && typeof value === 'number') return formatRate(value, beside);
  return type === 'duration' ? `${value} s` : String(value);
}

type Values = Readonly<Record<string, string>>;

function valuesChanged(saved: Values, now: Values): readonly string[] {
  return namesOf(saved, now)
    .filter((name) => saved[name] !== now[name])
    .map((name) => `${name} is ${now[name] ?? 'not set'}, it was ${saved[name] ?? 'not set'}`);
}

function dataChanged(saved: readonly SavedData[], now: readonly SavedData[]): readonly string[] {
  const [before, after] = [byPlace(saved), byPlace(now)];
  return namesOf(before, after).flatMap((place) => {
    const [old, young] = [before[place], after[place]];
    if (old?.digest === young?.digest) return [];
    if (old === undefined || young === undefined) {
      const { path } = (young ?? old)!;
      return [old === undefined ? `${path} is read, it was not` : `${path} is not read any more`];
    }
    return [`${young.path} changed: its digest is ${shortDigest(young)}, it was ${shortDigest(old)}`];
  });
}

function byPlace(data: readonly SavedData[]): Readonly<Record<string, SavedData>> {
  return Object.fromEntries(data.map((one) => [`${one.kind}:${one.path}`, one]));
}

function shortDigest({ kind, digest }: SavedData): string {
  return kind === 'URL' ? digest : digest.slice(0, 12);
}

/** What steps take from the Speech resource: the same change is told once, with all its steps. */
function worldChanged(saved: readonly SavedStep[], now: readonly SavedStep[]): readonly string[] {
  const before = new Map(saved.map((step) => [step.id, step]));
  const steps = new Map<string, string[]>();
  for (const { id, restsOn = {} } of now) {
    const rested = before.get(id)?.restsOn ?? {};
    for (const [what, is] of Object.entries(restsOn)) {
      const was = rested[what];
      if (was === undefined || was === is) continue;
      const change = `${what} ${is} now, it was ${was}`;
      steps.set(change, [...(steps.get(change) ?? []), id]);
    }
  }
  return [...steps].map(([change, ids]) => `${change} (${ids.join(', ')})`);
}

function stepsChanged(saved: readonly SavedStep[], now: readonly SavedStep[]): readonly string[] {
  const before = new Map(saved.map((step) => [step.id, step]));
  const after = new Set(now.map(({ id }) => id));
  return [
    ...saved.filter(({ id }) => !after.has(id)).map(({ id }) => `there is no step ${id} any more`),
    ...now.flatMap((step) => {
      const was = before.get(step.id);
      return was === undefined ? [`step ${step.id} is new`] : stepChanged(was, step);
    }),
  ];
}

function stepChanged(was: SavedStep, is: SavedStep): readonly string[] {
  if (canonicalJson(plain(was)) === canonicalJson(plain(is))) return [];
  if (was.action !== is.action || was.summary !== is.summary) return [wouldDo(was, is)];
  const output = namesOf(was.outputs, is.outputs).find(
    (name) => canonicalJson(plain(was.outputs[name] ?? null)) !== canonicalJson(plain(is.outputs[name] ?? null)),
  );
  if (output === undefined)
    return [`step ${is.id} may change other things, or finds out others, than it was planned to`];
  const shown = (value: unknown): string => (value === undefined ? 'not known' : String(value));
  return [`the output ${output} of ${is.id} is ${shown(is.outputs[output])}, it was ${shown(was.outputs[output])}`];
}

function wouldDo(was: SavedStep, is: SavedStep): string {
  return `step ${is.id} would ${toDo(is)}; planned was: ${toDo(was)}`;
}

function toDo({ action, summary }: SavedStep): string {
  return action === 'at-run-time' ? `decide at run time: ${summary}` : `${action}: ${summary}`;
}

/** What the time that has gone by makes a step do. */
function stepsAged(saved: readonly SavedStep[], now: readonly SavedStep[]): readonly string[] {
  const after = new Map(now.map((step) => [step.id, step]));
  return saved.flatMap((was) => {
    const is = after.get(was.id);
    if (is === undefined) return [];
    if (was.action !== is.action || canonicalJson(plain(was.effects)) !== canonicalJson(plain(is.effects)))
      return [wouldDo(was, is)];
    return hasEnded(is.outputs) && !hasEnded(was.outputs)
      ? [`the model of ${was.id} has ended: it recognises no more since ${String(is.outputs['expires'])}`]
      : [];
  });
}

function namesOf(one: object, other: object): readonly string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])];
}

function plain(value: unknown): PlainValue {
  return value as PlainValue;
}
