import type { SavedDataChange, SavedDataChanges } from '../../schemas/types.gen.ts';
import { beginningOf } from '../document/beginning-of.ts';

type Change = SavedDataChange['change'];
export type Changes = Omit<SavedDataChanges, 'since'>;

/** How the lines of a text have changed, in whatever order they stand: a line that is there twice counts twice. */
export function lineChanges(before: string, after: string): Changes {
  const [old, young] = [linesOf(before), linesOf(after)];
  return changesOf('lines', [...missingIn(old, young, 'added'), ...missingIn(young, old, 'removed')]);
}

/** How a set of recordings has changed: which files did, and what their transcripts said before and say now. */
export function recordingChanges(of: {
  /** The changed files of audio, by name. */
  readonly audio: ReadonlyMap<string, Change>;
  readonly before: string;
  readonly after: string;
}): Changes {
  const [said, says] = [transcribed(of.before), transcribed(of.after)];
  const names = new Set([...of.audio.keys(), ...said.keys(), ...says.keys()]);
  const changes = [...names].toSorted().flatMap((name) => {
    const change = of.audio.get(name) ?? changeOfText(said.get(name), says.get(name));
    if (change === undefined) return [];
    const text = change === 'removed' ? said.get(name) : says.get(name);
    return [{ change, text: text === undefined ? name : `${name}: ${text}` }];
  });
  return changesOf('recordings', changes);
}

/** How files have changed that are not looked into. */
export function fileChanges(files: ReadonlyMap<string, Change>): Changes {
  return changesOf(
    'files',
    [...files].map(([text, change]) => ({ text, change })),
  );
}

/** As many changes are shown of each sort; a person reads no more. */
const mostExamples = 5;
const mostCharacters = 200;

function changesOf(unit: Changes['unit'], changes: readonly SavedDataChange[]): Changes {
  const of = (change: Change): readonly SavedDataChange[] => changes.filter((one) => one.change === change);
  const [added, removed, changed] = [of('added'), of('removed'), of('changed')];
  const examples = [removed, changed, added].flatMap((sort) => sort.slice(0, mostExamples));
  return {
    unit,
    added: added.length,
    removed: removed.length,
    changed: changed.length,
    examples: examples.map(({ change, text }) => ({ change, text: shortened(text) })),
  };
}

function shortened(text: string): string {
  return text.length > mostCharacters ? `${beginningOf(text, mostCharacters)}…` : text;
}

function linesOf(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/))
    if (line !== '') lines.set(line, (lines.get(line) ?? 0) + 1);
  return lines;
}

/** The lines of the second that the first lacks. */
function missingIn(
  first: ReadonlyMap<string, number>,
  second: ReadonlyMap<string, number>,
  change: Change,
): readonly SavedDataChange[] {
  return [...second].flatMap(([text, times]) =>
    Array.from({ length: Math.max(0, times - (first.get(text) ?? 0)) }, () => ({ text, change })),
  );
}

/** What a transcript says, by recording. A line that says nothing of a recording is left out: the upload tells of it. */
function transcribed(text: string): ReadonlyMap<string, string> {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  return new Map(
    lines.flatMap((line) => {
      const tab = line.indexOf('\t');
      return tab < 1 ? [] : [[line.slice(0, tab).trim(), line.slice(tab + 1).trim()] as const];
    }),
  );
}

function changeOfText(before: string | undefined, after: string | undefined): Change | undefined {
  if (before === after) return undefined;
  if (before === undefined) return 'added';
  return after === undefined ? 'removed' : 'changed';
}
