import type * as grpc from '@grpc/grpc-js';
import { DiagnosticError, errorDiagnostic } from '../schema/diagnostic.ts';
import { finishPlan, planChange } from '../schema/plan-change.ts';
import type { ChangeContext, DataSource, ProviderDefinition, Resource } from '../schema/resource.ts';
import { isComputed, membersOf, objectOf, type Schema } from '../schema/schema.ts';
import { upgradeState } from '../schema/upgrade-state.ts';
import { validateConfig } from '../schema/validate-config.ts';
import { hasUnknown, mapObject, type ObjectValue, unknown, withoutUnknown } from '../schema/value.ts';
import { withDeadline } from './deadline.ts';
import type { Log } from './log.ts';
import type * as Message from './messages.ts';
import { wireSchema } from './wire-schema.ts';
import { existingIn, objectIn, wireDiagnostics, wireObject, wirePath } from './wire-values.ts';

/** What a plugin serves to Terraform: the provider protocol on top of a {@link ProviderDefinition}. */
export function providerService<Client>(
  definition: ProviderDefinition<Client>,
  { log }: { readonly log: Log },
): grpc.UntypedServiceImplementation {
  const server = new ProviderServer(definition, log);
  const unary = <Request>(
    method: (request: Request) => Promise<object> | object,
  ): grpc.handleUnaryCall<Request, object> => {
    const answer = async (request: Request): Promise<object> => {
      try {
        return await method.call(server, request);
      } catch (error) {
        return { diagnostics: server.diagnosticsOf(error) };
      }
    };
    return async (call, callback) => callback(null, await answer(call.request));
  };
  return {
    getProviderSchema: unary(server.schemas),
    validateProviderConfig: unary(server.validateProvider),
    validateResourceConfig: unary(server.validateResource),
    validateDataResourceConfig: unary(server.validateDataSource),
    upgradeResourceState: unary(server.upgrade),
    configureProvider: unary(server.configure),
    readResource: unary(server.read),
    planResourceChange: unary(server.plan),
    applyResourceChange: unary(server.apply),
    importResourceState: unary(server.import),
    readDataSource: unary(server.readData),
    stopProvider: unary(server.stop),
  };
}

/** Said in the private part of a state between an import and the first reading. */
const importedMark = Buffer.from('imported');

const notConfigured = { missing: 'it is not configured' };

class ProviderServer<Client> {
  readonly #definition: ProviderDefinition<Client>;
  readonly #log: Log;
  #stopping = new AbortController();
  #configured: { readonly client: Client } | { readonly missing: string } = notConfigured;

  constructor(definition: ProviderDefinition<Client>, log: Log) {
    this.#definition = definition;
    this.#log = log;
  }

  schemas(): object {
    const { schema, resources, dataSources } = this.#definition;
    const all = (kinds: Readonly<Record<string, { readonly schema: Schema }>>): object =>
      Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, wireSchema(kind.schema)]));
    return {
      provider: wireSchema(schema),
      resourceSchemas: all(resources),
      dataSourceSchemas: all(dataSources),
      serverCapabilities: { getProviderSchemaOptional: true },
    };
  }

  validateProvider({ config }: Message.ConfigRequest): Message.DiagnosticsMessage {
    const { schema } = this.#definition;
    return { diagnostics: wireDiagnostics(validateConfig(schema, existingIn(schema, config))) };
  }

  validateResource({ typeName, config }: Message.TypedConfigRequest): Message.DiagnosticsMessage {
    const resource = this.#resource(typeName);
    const value = existingIn(resource.schema, config);
    const found = [...validateConfig(resource.schema, value)];
    resource.validate?.(value, (problem, ...path) => void found.push(errorDiagnostic(problem, path)));
    return { diagnostics: wireDiagnostics(found) };
  }

  validateDataSource({ typeName, config }: Message.TypedConfigRequest): Message.DiagnosticsMessage {
    const { schema } = this.#dataSource(typeName);
    return { diagnostics: wireDiagnostics(validateConfig(schema, existingIn(schema, config))) };
  }

  upgrade({ typeName, version, rawState }: Message.UpgradeStateRequest): Message.UpgradeStateResponse {
    const { schema, upgrades = [] } = this.#resource(typeName);
    const json = rawState.json ?? new Uint8Array();
    return { upgradedState: wireObject(schema, upgradeState(schema, { version, json, upgrades })), diagnostics: [] };
  }

  async configure({ config }: Message.ConfigRequest): Promise<Message.DiagnosticsMessage> {
    const { schema } = this.#definition;
    const value = existingIn(schema, config);
    const unknownNames = Object.keys(value).filter((name) => hasUnknown(value[name] ?? null));
    // A process that Terraform does not end by itself (reattached) serves another run after one that was stopped.
    this.#stopping = new AbortController();
    this.#configured = notConfigured;
    if (unknownNames.length === 0) {
      this.#configured = { client: await this.#definition.configure(value, { log: this.#log }) };
      return { diagnostics: [] };
    }
    this.#configured = {
      missing: `its ${unknownNames.join(' and ')} will be known only after the apply; create what they come from first (terraform apply -target=…), or plan with -refresh=false`,
    };
    return { diagnostics: [] };
  }

  async read(request: Message.ReadRequest): Promise<Message.ReadResponse> {
    const resource = this.#resource(request.typeName);
    if (this.#mayDefer(request)) return { newState: request.currentState, deferred: providerUnknown, diagnostics: [] };
    const state = await resource.read(existingIn(resource.schema, request.currentState), {
      client: this.#client(`read this ${request.typeName}`),
      signal: this.#stopping.signal,
      isImported: importedMark.equals(request.private ?? new Uint8Array()),
    });
    return { newState: wireObject(resource.schema, state), diagnostics: [] };
  }

  async plan(request: Message.PlanRequest): Promise<Message.PlanResponse> {
    const resource = this.#resource(request.typeName);
    const { schema } = resource;
    const config = objectIn(schema, request.config);
    if (config === undefined) return { plannedState: wireObject(schema, undefined), diagnostics: [] };
    const prior = objectIn(schema, request.priorState);
    const bySchema = planChange(schema, { prior, config });
    const whole = (await resource.plan?.(bySchema, { config, prior })) ?? bySchema;
    const { planned, replacing } = finishPlan(schema, { planned: whole, prior });
    return {
      plannedState: wireObject(schema, planned),
      requiresReplace: replacing.map(wirePath),
      plannedPrivate: request.priorPrivate ?? new Uint8Array(),
      diagnostics: [],
    };
  }

  async apply(request: Message.ApplyRequest): Promise<Message.ApplyResponse> {
    const { typeName } = request;
    const resource = this.#resource(typeName);
    const { schema } = resource;
    const prior = objectIn(schema, request.priorState);
    const planned = objectIn(schema, request.plannedState);
    let kept = prior;
    const change = async (): Promise<ObjectValue | undefined> => {
      const operation = prior === undefined ? 'create' : planned === undefined ? 'delete' : 'update';
      const client = this.#client(`${operation} this ${typeName}`);
      const keep = (state: ObjectValue): void => void (kept = state);
      return await withDeadline(
        async (signal) => await applyChange(resource, { prior, planned }, { client, signal, keep }),
        {
          operation,
          state: planned ?? prior ?? {},
          standardSeconds: resource.timeoutSeconds[operation],
          stopped: this.#stopping.signal,
        },
      );
    };
    try {
      return { newState: wireObject(schema, await change()), diagnostics: [] };
    } catch (error) {
      // What exists by now is remembered whatever happened: an object that Terraform forgets is nobody's.
      return {
        newState: wireObject(schema, kept && mapObject(kept, withoutUnknown)),
        diagnostics: this.diagnosticsOf(error),
      };
    }
  }

  import({ typeName, id }: Message.ImportRequest): Message.ImportResponse {
    const resource = this.#resource(typeName);
    const state = wireObject(resource.schema, objectOf(resource.schema, resource.importState(id)));
    return { importedResources: [{ typeName, state, private: importedMark }], diagnostics: [] };
  }

  async readData(request: Message.ReadDataRequest): Promise<Message.ReadDataResponse> {
    const { schema, read } = this.#dataSource(request.typeName);
    const config = existingIn(schema, request.config);
    if (this.#mayDefer(request)) {
      const members = membersOf(schema);
      const state = mapObject(config, (value, name) => {
        const member = members[name];
        return value === null && member !== undefined && isComputed(member) ? unknown : value;
      });
      return { state: wireObject(schema, state), deferred: providerUnknown, diagnostics: [] };
    }
    const client = this.#client(`read ${request.typeName}`);
    const state = await read(config, { client, signal: this.#stopping.signal });
    return { state: wireObject(schema, state), diagnostics: [] };
  }

  stop(): object {
    const problem = 'Interrupted: Terraform was asked to stop before this was done; what exists by now is in the state';
    this.#stopping.abort(new DiagnosticError([errorDiagnostic(problem)]));
    return {};
  }

  /** What was thrown as diagnostics. An error's message is one for people; where it came from goes to the log. */
  diagnosticsOf(error: unknown): readonly Message.DiagnosticMessage[] {
    if (error instanceof DiagnosticError) return wireDiagnostics(error.diagnostics);
    this.#log('debug', 'failed', { stack: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    return wireDiagnostics([errorDiagnostic(error instanceof Error ? error.message : String(error))]);
  }

  #resource(typeName: string): Resource<Client> {
    return known(this.#definition.resources, typeName);
  }

  #dataSource(typeName: string): DataSource<Client> {
    return known(this.#definition.dataSources, typeName);
  }

  #mayDefer({ clientCapabilities }: Message.ReadRequest | Message.ReadDataRequest): boolean {
    return !('client' in this.#configured) && clientCapabilities?.deferralAllowed === true;
  }

  #client(purpose: string): Client {
    this.#stopping.signal.throwIfAborted();
    if ('client' in this.#configured) return this.#configured.client;
    throw new DiagnosticError([errorDiagnostic(`Configure the provider to ${purpose}: ${this.#configured.missing}`)]);
  }
}

const providerUnknown = { reason: 2 } as const;

async function applyChange<Client>(
  resource: Resource<Client>,
  { prior, planned }: { readonly prior: ObjectValue | undefined; readonly planned: ObjectValue | undefined },
  context: ChangeContext<Client>,
): Promise<ObjectValue | undefined> {
  if (planned === undefined) {
    if (prior !== undefined) await resource.delete(prior, context);
    return undefined;
  }
  if (prior === undefined) return await resource.create(planned, context);
  return await resource.update({ prior, planned }, context);
}

function known<T>(all: Readonly<Record<string, T>>, typeName: string): T {
  const found = Object.hasOwn(all, typeName) ? all[typeName] : undefined;
  if (found !== undefined) return found;
  throw new Error(`Use one of ${Object.keys(all).join(', ')}: this provider has no ${typeName}`);
}
