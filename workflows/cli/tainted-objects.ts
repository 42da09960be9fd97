/** An object of a Speech resource that was made of data. */
export interface TaintedObject {
  readonly id: string;
  readonly name: string;
  /** How a person deletes it. */
  readonly deletion: string;
}

/** What a Speech resource has made of data, directly and through what was made of them. */
export type TaintedObjects = Readonly<Record<'datasets' | 'models' | 'endpoints', readonly TaintedObject[]>>;
