/** An object of a Speech resource that was made of data. */
export interface TaintedObject {
  readonly id: string;
  readonly name: string;
  /** The host of its Speech resource, where several were asked. */
  readonly at?: string;
  /** How a person deletes it. */
  readonly deletion: string;
}

/** What Speech resources have made of data, directly and through what was made of them. */
export interface TaintedObjects extends Readonly<
  Record<'datasets' | 'models' | 'endpoints', readonly TaintedObject[]>
> {
  /** Those of the models that were copied to other resources, which were not asked. */
  readonly copiedElsewhere: readonly TaintedObject[];
  /** Models that came as copies and name no data; the resource that has trained them was not asked. */
  readonly unjudged: readonly TaintedObject[];
}
