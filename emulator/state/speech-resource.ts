import { randomBytes } from 'node:crypto';
import { CallbacksUnderWay } from './callbacks-under-way.ts';
import type { VirtualClock } from './clock.ts';
import type { AccountState } from './account.ts';
import type { TokenAuthority } from './token-authority.ts';
import type { EntityFile } from './entities.ts';
import type { ContentFolder } from './content-folder.ts';
import type { EntityStore } from './entity-store.ts';
import { Faults } from './faults.ts';
import { OpenRecognitions } from './limits/open-recognitions.ts';
import { quotasOf, type Quotas, type Sku } from './limits/quotas.ts';
import { RateLimit } from './limits/rate-limit.ts';
import type { Redeployment } from './redeployment.ts';
import { AudioLibrary } from '../recognition/audio-library.ts';
import type { BaseModelReleases } from './base-model-releases.ts';
import { RequestCounts } from './request-counts.ts';

export interface ResourceSettings {
  readonly key: string;
  /** What Azure Resource Manager of the emulator takes as bearer token. */
  readonly managementToken: string;
  /** Whether downloads and callbacks may go to other hosts of private networks. */
  readonly allowPrivate: boolean;
  readonly sku: Sku;
  /** How often base models of a locale are released. */
  readonly baseModels: BaseModelReleases;
  /** What recognition on an endpoint that is not there does: answers with the base model, as the service does, or refuses. */
  readonly unknownCid: 'base' | 'strict';
  /** The share of words, 0..1, that each evaluation hears anew. */
  readonly recognitionNoise: number;
  readonly log: (line: string) => void;
}

/** The result of work, shown when the lifecycle of the object is over. `change` is merged into the object. */
export interface WorkResult {
  readonly kind: 'succeeded' | 'failed';
  readonly change: object;
  /** Called when the result is shown. */
  readonly onShown?: () => void;
}

/** One Speech resource: what it holds and what it stands on. Everything that answers requests works on this. */
export class SpeechResource {
  readonly settings: ResourceSettings;
  readonly clock: VirtualClock;
  /** Issues and checks the tokens that are taken in place of keys. */
  readonly authority: TokenAuthority;
  /** The account that the resource is of, as Azure Resource Manager knows it. */
  account: AccountState;
  /** How endpoints look while swaps are under way that begin from now on. */
  redeployment: Redeployment;
  readonly store: EntityStore;
  readonly contents: ContentFolder;
  readonly quotas: Quotas;
  /** Resolves when all changes of the store are on disk: to be awaited before content goes that the store once named. */
  readonly saved: () => Promise<void>;
  readonly faults = new Faults();
  readonly rateLimit = new RateLimit();
  readonly requests = new RequestCounts();
  readonly openRecognitions = new OpenRecognitions();
  readonly callbacks = new CallbacksUnderWay();
  /** Signs the addresses of files; another one in each process, as addresses do not live long. */
  readonly signingSecret = randomBytes(32);
  /** Work under way, by the id of its object. */
  readonly works = new Map<string, Promise<WorkResult>>();
  /** Results of pure functions of what is stored, by name; emptied by a reset. */
  readonly memory = new Map<string, Promise<unknown>>();
  /** Files that only manifests name, by id; their addresses do not live longer than the process either. */
  readonly manifestFiles = new Map<string, { readonly owner: string; readonly file: EntityFile }>();
  readonly #closing = new AbortController();
  #library = new AudioLibrary();

  constructor(parts: {
    readonly settings: ResourceSettings;
    readonly authority: TokenAuthority;
    readonly account: AccountState;
    readonly redeployment: Redeployment;
    readonly clock: VirtualClock;
    readonly store: EntityStore;
    readonly contents: ContentFolder;
    readonly saved: () => Promise<void>;
  }) {
    this.settings = parts.settings;
    this.authority = parts.authority;
    this.account = parts.account;
    this.redeployment = parts.redeployment;
    this.clock = parts.clock;
    this.store = parts.store;
    this.contents = parts.contents;
    this.saved = parts.saved;
    this.quotas = quotasOf[parts.settings.sku];
  }

  /** All audio of which the resource knows what is said. */
  get library(): AudioLibrary {
    return this.#library;
  }

  /** Aborted when the resource closes: work under way ends early then. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** The value that `make` gives for this name, made once. A failure is not remembered. */
  remember<T>(name: string, make: () => Promise<T>): Promise<T> {
    const known = this.memory.get(name) as Promise<T> | undefined;
    if (known) return known;
    const made = make();
    this.memory.set(name, made);
    made.catch(() => this.memory.delete(name));
    return made;
  }

  /** Empties the resource. Work under way finds its object gone. */
  async reset(): Promise<void> {
    this.store.clear();
    this.faults.clear();
    this.requests.clear();
    this.rateLimit.reset();
    this.memory.clear();
    this.manifestFiles.clear();
    await this.#settleWorks();
    this.#library = new AudioLibrary();
    await this.saved();
    await this.contents.clear();
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('The emulator is closing'));
    await this.#settleWorks();
    await this.contents.close();
  }

  async #settleWorks(): Promise<void> {
    await Promise.allSettled(this.works.values());
    this.works.clear();
  }
}
