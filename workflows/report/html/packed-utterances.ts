import type { ResultsRecognised, ResultsSet, ResultsUtterance } from '../../../schemas/types.gen.ts';

/**
 * Utterances as a page has them for its script: without names, and what is in another text is not written again. A column for each
 * place of a {@link PackedUtterance}, because what is alike becomes shortest side by side.
 */
export type PackedUtterances = readonly (readonly unknown[])[];

type PackedUtterance = readonly [
  id: string,
  /** With a space in place of the id; no address has another one. */
  audio: string | 0,
  group: string | 0,
  unstable: 0 | 1,
  reference: string,
  ...recognised: PackedSide,
  ...against: PackedSide | readonly [0, 0, 0],
];

type PackedSide = readonly [
  /** The words that are not those of the reference, or the whole text in a list where the steps of the alignment do not tell it. */
  heard: string | readonly [string],
  operations: string,
  /** Its own reference. */
  reference: string | 0,
];

/** The utterances of a set, of whose audio the addresses are known, as {@link unpackUtterances} reads them. */
export function packUtterances(utterances: readonly ResultsUtterance[], unit: ResultsSet['unit']): PackedUtterances {
  const rows = utterances.map(({ id, audio, group, unstable, reference, recognised, against }): PackedUtterance => [
    id,
    audio?.replace(addressOf(id), ' ') ?? 0,
    group ?? 0,
    unstable === true ? 1 : 0,
    reference,
    ...packSide(recognised, { reference, unit }),
    ...(against === undefined ? ([0, 0, 0] as const) : packSide(against, { reference, unit })),
  ]);
  return (rows[0] ?? []).map((_, column) => rows.map((row) => row[column]));
}

/** The utterances again, to the letter. */
export function unpackUtterances(columns: PackedUtterances, unit: ResultsSet['unit']): readonly ResultsUtterance[] {
  return (columns[0] ?? []).map((_, row) => {
    const [id, audio, group, unstable, reference, ...sides] = columns.map(
      (column) => column[row],
    ) as unknown as PackedUtterance;
    const side = (at: 0 | 3): ResultsRecognised =>
      unpackSide(sides.slice(at) as unknown as PackedSide, reference, unit);
    return {
      id,
      ...(audio === 0 ? {} : { audio: audio.replace(' ', addressOf(id)) }),
      ...(group === 0 ? {} : { group }),
      unstable: unstable === 1,
      reference,
      recognised: side(0),
      ...(sides[3] === 0 ? {} : { against: side(3) }),
    };
  });
}

function packSide(
  { text, operations, reference: own }: ResultsRecognised,
  { reference, unit }: Pick<ResultsUtterance, 'reference'> & Pick<ResultsSet, 'unit'>,
): PackedSide {
  const between = betweenUnits(unit);
  const heard = text.split(between);
  const changes = [...operations.replaceAll('D', '')].flatMap((operation, index) =>
    operation === 'C' ? [] : [heard[index] ?? ''],
  );
  const packed: PackedSide = [changes.join(between), operations, own ?? 0];
  return unpackSide(packed, reference, unit).text === text ? packed : [[text], operations, own ?? 0];
}

function unpackSide(
  [heard, operations, own]: PackedSide,
  reference: string,
  unit: ResultsSet['unit'],
): ResultsRecognised {
  const between = betweenUnits(unit);
  const whole = { operations, ...(own === 0 ? {} : { reference: own }) };
  if (typeof heard !== 'string') return { text: heard[0], ...whole };
  const [said, changes] = [own === 0 ? reference : own, heard].map((text) => text.split(between)) as [
    string[],
    string[],
  ];
  let [at, next] = [0, 0];
  const text = [...operations].flatMap((operation) => {
    const word = operation === 'I' ? '' : said[at++];
    return operation === 'D' ? [] : [operation === 'C' ? word : changes[next++]];
  });
  return { text: text.join(between), ...whole };
}

/** A letter may be several characters of a text: then the steps do not tell it. */
function betweenUnits(unit: ResultsSet['unit']): string {
  return unit === 'char' ? '' : ' ';
}

function addressOf(id: string): string {
  return encodeURIComponent(id.toWellFormed());
}
