import { ofLocales, timeAt } from '../../workflows/engine/observe.ts';
import type { Ports } from '../../workflows/engine/ports.ts';
import type { KnownObjects } from '../../workflows/evidence/known-objects.ts';
import type { Project } from '../../workflows/plan/speech-entities.ts';
import { BusyResource, type ResourceSource } from './sources.ts';

/** Everything that a Speech resource has, as of one moment. */
export interface Objects extends KnownObjects {
  readonly projects: readonly Project[];
}

/** What is known of a Speech resource. */
export interface Snapshot {
  readonly source: ResourceSource;
  /** Absent before it has answered for the first time. */
  readonly objects?: Objects;
  /** Whether it could not be read just now because a run has it. */
  readonly isBusy: boolean;
  /** Why the last reading failed, as people are told; the objects are older then. */
  readonly trouble?: string;
}

/**
 * What Speech resources had when they were last read. A reading is some lists of everything, so that it is shared by all who ask, and
 * made again when it is older than `freshMilliseconds`: the service limits requests.
 */
export class Snapshots {
  readonly #known = new Map<string, Known>();
  readonly #freshMilliseconds: number;
  readonly #onChange: () => void;

  constructor(
    sources: readonly ResourceSource[],
    of: {
      readonly freshMilliseconds: number;
      /** Called when a reading differs from the one before. */ readonly onChange: () => void;
    },
  ) {
    for (const source of sources) this.#known.set(source.id, { source, readAt: -Infinity, text: '' });
    this.#freshMilliseconds = of.freshMilliseconds;
    this.#onChange = of.onChange;
  }

  /** What is known now, without waiting. */
  get all(): readonly Snapshot[] {
    return [...this.#known.values()].map(snapshotOf);
  }

  /** The resource of this id, read when it has never been, and as it was otherwise; undefined when there is none. */
  async of(id: string): Promise<Snapshot | undefined> {
    const known = this.#known.get(id);
    if (known === undefined) return undefined;
    if (known.objects === undefined) await this.refresh(known.source.id);
    return snapshotOf(known);
  }

  /** Reads what is not fresh, or one resource in any case. Never rejects: a snapshot says what failed. */
  async refresh(id?: string): Promise<void> {
    const now = performance.now();
    const due = [...this.#known.values()].filter(({ source, readAt }) =>
      id === undefined ? now - readAt >= this.#freshMilliseconds : source.id === id,
    );
    await Promise.all(due.map(async (known) => await this.#read(known)));
  }

  async #read(known: Known): Promise<void> {
    known.reading ??= this.#readOnce(known).finally(() => {
      known.reading = undefined;
    });
    await known.reading;
  }

  async #readOnce(known: Known): Promise<void> {
    const before = known.text;
    try {
      const objects = await known.source.borrow(everything);
      known.objects = objects;
      known.trouble = undefined;
      known.isBusy = false;
      known.text = JSON.stringify({ ...objects, observedAt: undefined });
    } catch (error) {
      known.trouble = error instanceof Error ? error.message : String(error);
      known.isBusy = error instanceof BusyResource;
      known.text = `${known.trouble}${known.objects?.observedAt ?? ''}`;
    }
    known.readAt = performance.now();
    if (known.text !== before) this.#onChange();
  }
}

interface Known {
  readonly source: ResourceSource;
  objects?: Objects | undefined;
  trouble?: string | undefined;
  isBusy?: boolean;
  readAt: number;
  /** What tells one reading from another. */
  text: string;
  reading?: Promise<void> | undefined;
}

function snapshotOf({ source, objects, trouble, isBusy = false }: Known): Snapshot {
  return { source, isBusy, ...(objects && { objects }), ...(trouble !== undefined && { trouble }) };
}

async function everything(ports: Ports): Promise<Objects> {
  const { speech } = ports;
  const [projects, models, endpoints, datasets, evaluations] = await Promise.all([
    speech.projects.list(),
    speech.models.list(),
    speech.endpoints.list(),
    speech.datasets.list(),
    speech.evaluations.list(),
  ]);
  const used = [...projects, ...models, ...endpoints, ...datasets, ...evaluations].map(({ locale }) => locale);
  const locales = [...new Set(used)];
  const baseModels = locales.length === 0 ? [] : await speech.baseModels.list({ filter: ofLocales(locales) });
  return { observedAt: timeAt(ports), projects, baseModels, models, endpoints, datasets, evaluations };
}
