import { isTerminal, type WorkedEntity, type WorkedName } from '../state/entities.ts';
import type { EntityChange } from '../state/entity-store.ts';
import type { SpeechResource } from '../state/speech-resource.ts';

/** What the events of each collection start with. */
const nouns = {
  datasets: 'dataset',
  models: 'model',
  evaluations: 'evaluation',
  endpoints: 'endpoint',
  transcriptions: 'transcription',
} as const satisfies Readonly<Record<Exclude<WorkedName, 'modelCopies'>, string>>;

const phases = ['Creation', 'Processing', 'Completion', 'Deletion'] as const;
type Phase = (typeof phases)[number];

/** Every event that one can ask for, as `WebHookEvents` of the definition names them. */
export const eventNames: readonly string[] = [
  ...Object.values(nouns).flatMap((noun) => phases.map((phase) => `${noun}${phase}`)),
  'ping',
  'challenge',
];

/** An event, and the path of the object that it happened to. */
export interface EntityEvent {
  readonly name: string;
  readonly path: string;
}

/** The event that a change of the store is, undefined when it is none: a new name, or a step that is not told. */
export function eventOf({ collection, before, after }: EntityChange): EntityEvent | undefined {
  if (!hasEvents(collection)) return undefined;
  const phase = phaseOf(before as WorkedEntity | undefined, after as WorkedEntity | undefined);
  const id = (after ?? before)?.id;
  if (phase === undefined || id === undefined) return undefined;
  return { name: `${nouns[collection]}${phase}`, path: `/${collection}/${id}` };
}

function hasEvents(collection: EntityChange['collection']): collection is keyof typeof nouns {
  return Object.hasOwn(nouns, collection);
}

function phaseOf(before: WorkedEntity | undefined, after: WorkedEntity | undefined): Phase | undefined {
  if (after === undefined) return 'Deletion';
  if (before === undefined) return 'Creation';
  if (before.status === after.status) return undefined;
  if (isTerminal(after)) return 'Completion';
  return after.status === 'Running' ? 'Processing' : undefined;
}

/** The last object that an event of this name happened to, of those that are still there. */
export function lastEventOf({ store }: SpeechResource, name: string): EntityEvent | undefined {
  for (const [collection, noun] of Object.entries(nouns) as readonly (readonly [keyof typeof nouns, string])[]) {
    const phase = phases.find((candidate) => name === `${noun}${candidate}`);
    if (phase === undefined) continue;
    const entities: readonly WorkedEntity[] = store.all(collection);
    const happened = entities.filter((entity) => hasHappened(phase, entity));
    const [last] = happened.toSorted((one, other) => momentOf(phase, other) - momentOf(phase, one));
    return last && { name, path: `/${collection}/${last.id}` };
  }
  return undefined;
}

function hasHappened(phase: Phase, entity: WorkedEntity): boolean {
  if (phase === 'Creation') return true;
  if (phase === 'Completion') return isTerminal(entity);
  return phase === 'Processing' && entity.status !== 'NotStarted';
}

function momentOf(phase: Phase, entity: WorkedEntity): number {
  return phase === 'Creation' ? entity.createdAt : entity.lastActionAt;
}
