import type { Utterance } from '../score-utterances.ts';

/** How the ids of two sides go together. */
export type IdPairing<T extends Utterance> =
  | {
      readonly kind: 'paired';
      /** With the ids of the references. */
      readonly hypotheses: readonly T[];
      /** An id of either side that was taken for the same, where ids are compared without folder and audio extension. */
      readonly loosely?: readonly [string, string];
      /** An id of either side that differs in folder or audio extension alone, and was not taken for the same. */
      readonly near?: readonly [string, string];
    }
  | { readonly kind: 'nothing in common'; readonly near?: readonly [string, string] };

/**
 * Pairs the ids of hypotheses with those of references, as they are written. Where no id at all is on both sides, folders and audio
 * extensions are left out (`audio/u1.wav` is `u1`), provided that this pairs all ids of one side and confuses none: a difference that is the
 * same everywhere is one of form. A difference on some ids may be a mistake, so that these stay apart and one is named as `near`.
 */
export function pairIds<T extends Utterance>(references: readonly Utterance[], hypotheses: readonly T[]): IdPairing<T> {
  const said = new Set(references.map(({ id }) => id));
  const recognised = new Set(hypotheses.map(({ id }) => id));
  const isCommon = hypotheses.some(({ id }) => said.has(id));
  const bare = new Map(references.filter(({ id }) => !recognised.has(id)).map(({ id }) => [bareId(id), id] as const));
  const pairs = hypotheses.flatMap(({ id }) => {
    const partner = said.has(id) ? undefined : bare.get(bareId(id));
    return partner === undefined ? [] : [[partner, id] as const];
  });
  const [near] = pairs;
  const nearest = near === undefined ? {} : { near };
  if (isCommon) return { kind: 'paired', hypotheses, ...nearest };
  const isUnique =
    bare.size === references.length && new Set(hypotheses.map(({ id }) => bareId(id))).size === hypotheses.length;
  const isWhole = pairs.length === Math.min(references.length, hypotheses.length);
  if (near === undefined || !isUnique || !isWhole) return { kind: 'nothing in common', ...nearest };
  return {
    kind: 'paired',
    hypotheses: hypotheses.map((hypothesis) => ({
      ...hypothesis,
      id: bare.get(bareId(hypothesis.id)) ?? hypothesis.id,
    })),
    loosely: near,
  };
}

/** An id without folder and audio extension: `audio/u1.wav` is `u1`. */
export function bareId(id: string): string {
  return id.replace(/^.*[/\\]/s, '').replace(/\.(wav|wave|flac|mp3|ogg|opus|m4a|sph|raw|pcm|webm|amr|aac)$/i, '');
}
