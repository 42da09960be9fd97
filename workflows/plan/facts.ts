import type { PlainValue } from '../document/yaml/plain-value.ts';
import type { DataCheck } from './data/data-check.ts';
import type { UrlContent } from './data/url-content.ts';
import type { BaseModel, CustomModel, Dataset, Endpoint, Evaluation, Project } from './speech-entities.ts';

/** The observations before planning: the Speech resource's objects, and the data that the pipeline names. */
export interface Facts {
  /** ISO date-time of the observation by the service's clock; expiry is judged against it. */
  readonly observedAt: string;
  /** ISO date-time from which on days are counted that are left. @default observedAt */
  readonly countedFrom?: string;
  readonly projects: readonly Project[];
  readonly datasets: readonly Dataset[];
  readonly models: readonly CustomModel[];
  readonly baseModels: readonly BaseModel[];
  readonly evaluations: readonly Evaluation[];
  readonly endpoints: readonly Endpoint[];
  /** By {@link localDataKey}. */
  readonly localData: Readonly<Record<string, LocalDataFacts>>;
  /** What was found in data that would be uploaded, by `dataCheckKey`. @default nothing was checked */
  readonly checks?: Readonly<Record<string, DataCheck>>;
  /** What the servers of the URLs of data tell of the content, by URL. */
  readonly urls: Readonly<Record<string, UrlContent>>;
  /** The texts of the release files that swaps read, by their paths as the pipeline writes them, of those that are there. A folder of which all were read is there, too, with a `/` at its end and without a text. @default none */
  readonly releases?: Readonly<Record<string, string>>;
  /** What steps that make nothing have found out before the run, by the step's id. @default nothing */
  readonly found?: Readonly<Record<string, Readonly<Record<string, PlainValue>>>>;
}

export interface LocalDataFacts {
  readonly digest: string;
  readonly files: number;
  readonly bytes: number;
  /** How long its recordings are together; absent for texts, archives, and where a recording does not say so. */
  readonly seconds?: number;
  /** What becomes a dataset each, where one cannot hold all of it. */
  readonly parts?: readonly Omit<LocalDataFacts, 'parts' | 'undivided'>[];
  /** The digest of a folder with parts as it would be as one dataset, which an upload of before may have made. */
  readonly undivided?: string;
}
