import type { Facts } from '../../plan/facts.ts';
import type { SourcePipeline } from './source-pipeline.ts';
import type { ObjectKind } from './known-object.ts';

/** What a person wishes of an object. Objects by their ids or `self`. */
export type Wish =
  | { readonly kind: 'swap'; readonly endpoint: string; readonly model: string }
  | { readonly kind: 'roll-back'; readonly endpoint: string }
  | { readonly kind: 'retrain'; readonly model: string }
  | { readonly kind: 'delete'; readonly of: ObjectKind; readonly id: string };

/** What a wish is made into a change from. */
export interface WishWorld {
  /** Of the Speech resource of the object alone. */
  readonly pipelines: readonly SourcePipeline[];
  readonly seen: Omit<Facts, 'localData' | 'urls' | 'releases'>;
  /** The text of a file of the repository by its path from the root; undefined where there is none. */
  readonly textOf: (file: string) => string | undefined;
  /** Base URL of the resource for pipelines that are written anew; absent where the environment names it. */
  readonly resource?: string | undefined;
}

/** A file as it would be. */
export interface ChangedFile {
  /** From the root of the repository, with `/`. */
  readonly file: string;
  /** Absent for a new file. */
  readonly before?: string | undefined;
  readonly after: string;
}

/** The change of files that a wish is. */
export interface WishedChange {
  /** What it is, in a line: the title of a commit. */
  readonly title: string;
  readonly files: readonly ChangedFile[];
  /** What people should know before they take it. */
  readonly notes: readonly string[];
  /** The step as it is written that changes; every other step of the same file stays what it is. Absent where only new files are written. */
  readonly step?: string;
  /** The pipeline that does it when the files are as wished; absent where nothing needs to run. */
  readonly run?: string;
}

/** Why there is no change, and what to do. */
export interface RefusedWish {
  readonly refused: string;
}
