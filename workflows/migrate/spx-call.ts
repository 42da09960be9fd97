import type { Marks } from './text-marks.ts';
import { whyLeft, whyNoStep } from './left-settings.ts';
import type { MigrationNote, OldCall, OldSettings, Place } from './old-call.ts';

/** What a call of the old file is: a step, or notes of what became of it. */
export interface ReadCall {
  readonly call?: OldCall;
  readonly notes: readonly MigrationNote[];
  /** The text that it gives to who reads its output. */
  readonly output: string;
  /** The files that it writes its output to, as the Speech CLI does. */
  readonly files?: readonly { readonly file: string; readonly isAppended: boolean }[];
}

export interface CallOptions {
  readonly place: Place;
  readonly marks: Marks;
  /** The text of a file that the script has written; undefined for one that it has not. */
  readonly fileText: (file: string) => string | undefined;
}

/** A call of the Speech CLI: `spx csr dataset create --name … --kind Acoustic --content URL`. */
export function readSpx(words: readonly string[], { place, marks, fileText }: CallOptions): ReadCall {
  const firstFlag = words.findIndex((word) => word.startsWith('-'));
  const [command = '', noun = '', verb = ''] = words.slice(1, firstFlag < 0 ? undefined : firstFlag);
  const flags = flagsOf(words.slice(1));
  const what = ['spx', command, noun, verb].filter((word) => /^[a-z@.]+$/i.test(word)).join(' ');
  const nothing = { notes: [], output: '' };
  if (command === 'config') return { ...nothing, notes: noteOfConfig(noun, { place, isSet: flags.has('set') }) };
  if (command === 'help' || command === 'init' || command === '') return nothing;
  if (command !== 'csr') return { ...nothing, notes: [{ ...place, outcome: 'left', what, why: whyNoStep(command) }] };
  const files = filesOf(flags.get('output'));
  if (!isKind(noun)) return { ...nothing, notes: [{ ...place, outcome: 'left', what, why: whyNoStep(noun) }] };
  if (noun === 'endpoint' && (verb === 'list' || verb === 'download') && flags.has('endpoint'))
    return { ...nothing, notes: [{ ...place, outcome: 'left', what: `${what} (logs)`, why: whyNoStep('logs') }] };
  if (noun === 'model' && verb === 'copy')
    return { ...nothing, notes: [{ ...place, outcome: 'left', what, why: whyNoStep('copy') }] };
  if (!['create', 'upload', 'update'].includes(verb)) {
    const output = noun === 'model' && verb === 'list' ? marks.text({ kind: 'in-use' }) : '';
    return { notes: [{ ...place, outcome: 'unneeded', what, why: whyUnneeded(verb) }], output, files };
  }
  const { settings, notes } = settingsOf(flags, { what, place, fileText });
  const call: OldCall = { ...place, kind: noun, verb: verb === 'update' ? 'update' : 'create', settings };
  return { call, notes, output: marks.text({ kind: 'made', call }), files };
}

export function isKind(noun: string): noun is OldCall['kind'] {
  return ['project', 'dataset', 'model', 'evaluation', 'endpoint'].includes(noun);
}

/** Why a call that reads or removes is no step. */
export function whyUnneeded(verb: string): string {
  return verb === 'delete'
    ? 'what is there with the same content is used again; delete by hand what nobody needs'
    : 'a step waits for the service, and later steps read its outputs';
}

function noteOfConfig(
  key: string,
  { place, isSet }: { readonly place: Place; readonly isSet: boolean },
): MigrationNote[] {
  const name = key.replace(/^@/, '');
  if (!isSet || !/^[\w.-]{1,40}$/.test(name)) return [];
  const why = /^(key|region|token|host)$/.test(name) ? whyLeft(name) : undefined;
  if (name === 'spx.defaults' || name === 'none') return [];
  return [
    {
      ...place,
      outcome: 'left',
      what: `spx config @${name}`,
      why: why ?? 'it is a default of the Speech CLI for all calls: write it into the steps that need it',
    },
  ];
}

function flagsOf(words: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const flags = new Map<string, string[]>();
  let values: string[] | undefined;
  for (const word of words) {
    const [, name, value] = /^--([\w-]+)(?:=([^]*))?$/.exec(word) ?? [];
    if (name === undefined) values?.push(word);
    else {
      values = value === undefined ? [] : [value];
      flags.set(name, values);
    }
  }
  return flags;
}

/** `--output add url @my.datasets`: the file, and whether it is added to. `@@file` names it, too. */
function filesOf(values: readonly string[] = []): NonNullable<ReadCall['files']> {
  const file = values.at(-1);
  return file === undefined || values.length < 2 ? [] : [{ file, isAppended: values[0] === 'add' }];
}

const settingNames: Readonly<Record<string, keyof OldSettings>> = {
  name: 'name',
  displayname: 'name',
  description: 'description',
  language: 'locale',
  locale: 'locale',
  kind: 'kind',
  content: 'content',
  data: 'content',
  file: 'content',
  project: 'project',
  dataset: 'dataset',
  base: 'baseModel',
  basemodel: 'baseModel',
  model: 'model',
  model1: 'model1',
  model2: 'model2',
  endpoint: 'endpoint',
};

function settingsOf(
  flags: ReadonlyMap<string, readonly string[]>,
  {
    what,
    place,
    fileText,
  }: { readonly what: string; readonly place: Place; readonly fileText: CallOptions['fileText'] },
): { readonly settings: OldSettings; readonly notes: readonly MigrationNote[] } {
  const settings: Partial<Record<string, string | readonly string[]>> = {};
  const notes: MigrationNote[] = [];
  const lines = (value: string): readonly string[] =>
    value.startsWith('@') ? linesOf(fileText(value) ?? value) : [value];
  for (const [flag, values] of flags) {
    const lower = flag.toLowerCase();
    const known = Object.hasOwn(settingNames, lower) ? settingNames[lower] : undefined;
    const [value = ''] = values;
    if (lower === 'datasets') settings['datasets'] = values.flatMap((one) => one.split(';')).flatMap(lines);
    else if (known !== undefined) settings[known] = lines(value).at(-1) ?? '';
    else {
      const why = whyLeft(flag);
      if (why !== undefined) notes.push({ ...place, outcome: 'left', what: `${what} --${flag.slice(0, 60)}`, why });
    }
  }
  return { settings: settings as OldSettings, notes };
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
