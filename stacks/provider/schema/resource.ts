import type { Log } from '../plugin/log.ts';
import type { Report } from './diagnostic.ts';
import type { Schema } from './schema.ts';
import type { Upgrade } from './upgrade-state.ts';
import type { ObjectValue } from './value.ts';

/** What a provider offers; `Client` is what a configured one works with. */
export interface ProviderDefinition<Client> {
  readonly schema: Schema;
  readonly resources: Readonly<Record<string, Resource<Client>>>;
  readonly dataSources: Readonly<Record<string, DataSource<Client>>>;
  /** Throws when the configuration, all of it known, cannot be used. */
  configure(config: ObjectValue, options: { readonly log: Log }): Promise<Client>;
}

/** A type of object that Terraform creates, changes and deletes. Methods throw what keeps them from it. */
export interface Resource<Client> {
  readonly schema: Schema;
  /** `upgrades[n]` makes a state of version n one of n + 1. */
  readonly upgrades?: readonly Upgrade[];
  /** How long each may take when the configuration's `timeouts` do not say. */
  readonly timeoutSeconds: Readonly<Record<Operation, number>>;
  /** Reports what is wrong between arguments; each by itself is checked by the schema. */
  validate?(config: ObjectValue, report: Report): void;
  /** Refines a plan made by the schema, without asking the service. */
  plan?(
    planned: ObjectValue,
    change: { readonly config: ObjectValue; readonly prior: ObjectValue | undefined },
  ): Promise<ObjectValue>;
  /** The least of a state by which {@link read} finds the object. */
  importState(id: string): ObjectValue;
  /** The state of the object now, or undefined when it is gone. */
  read(state: ObjectValue, context: ReadContext<Client>): Promise<ObjectValue | undefined>;
  create(planned: ObjectValue, context: ChangeContext<Client>): Promise<ObjectValue>;
  update(
    change: { readonly prior: ObjectValue; readonly planned: ObjectValue },
    context: ChangeContext<Client>,
  ): Promise<ObjectValue>;
  delete(state: ObjectValue, context: ChangeContext<Client>): Promise<void>;
}

export type Operation = 'create' | 'update' | 'delete';

/** A type of question that Terraform asks while it plans. */
export interface DataSource<Client> {
  readonly schema: Schema;
  read(config: ObjectValue, context: Pick<ReadContext<Client>, 'client' | 'signal'>): Promise<ObjectValue>;
}

export interface ReadContext<Client> {
  readonly client: Client;
  /** Aborted when Terraform stops. */
  readonly signal: AbortSignal;
  /** The object has just been imported: nothing of it but what {@link Resource.importState} gave is known. */
  readonly isImported: boolean;
}

export interface ChangeContext<Client> {
  readonly client: Client;
  /** Aborted when Terraform stops and when the time is over, with an error to throw as the reason. */
  readonly signal: AbortSignal;
  /** Says what Terraform shall remember if the change ends here. Unknown values in it become null. */
  keep(state: ObjectValue): void;
}
