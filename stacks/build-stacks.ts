import type { App } from 'cdktf';
import type { Diagnostic, DiagnosticCounts, Span, Told } from '../workflows/document/diagnostics/diagnostics.ts';
import { kebabCase } from './environment/environment.ts';
import { type LoadedEnvironment, loadEnvironments } from './environment/load-environments.ts';
import { locate } from './environment/locate.ts';
import { quoteName } from '../workflows/document/quote-name.ts';
import { type Fault, fault, type PropertyPath, tellFault } from './guards/fault.ts';
import { GuardedConstruct } from './guards/guarded-construct.ts';
import { SpeechStack } from './speech-stack.ts';
import type { Claim } from './stack-names.ts';

export interface BuildOptions {
  /** The text of environment.yaml. */
  readonly text: string;
  /** The name that diagnostics give it. */
  readonly path: string;
}

export interface BuiltStacks {
  readonly stacks: readonly SpeechStack[];
  /** In the order of the text. With an error among them the app must not be synthesised. */
  readonly diagnostics: readonly Diagnostic[];
  /** How many there are in all, those that are not kept too. */
  readonly counts: DiagnosticCounts;
}

/** Adds a stack for every environment of a document to an app, and tells everything that is wrong where it is written. */
export function buildStacks(app: App, { text, path }: BuildOptions): BuiltStacks {
  const { workload, environments, findings } = loadEnvironments(text, { path });
  const built = environments.map((environment) => ({
    environment,
    stack: new SpeechStack(app, environment.name, { ...environment.settings, workload }),
  }));
  const tellings = [...built.flatMap(tellFaults), ...tellClaims(built)];
  for (const { span, told } of withHeirs(tellings, environments)) findings.add(span, told);
  const stacks = built.map(({ stack }) => stack);
  return { stacks, diagnostics: findings.diagnostics(), counts: findings.counts() };
}

interface Built {
  readonly environment: LoadedEnvironment;
  readonly stack: SpeechStack;
}

/** What one environment makes wrong, and where that is written, which may be in an environment that it extends. */
interface Telling {
  readonly environment: LoadedEnvironment;
  readonly span: Span;
  readonly told: Told;
}

/**
 * Constructs are called as the sections of the environment, so the way to a fault leads through the document, too. A value that
 * one construct hands on to another is told once, where it is written.
 */
function tellFaults({ environment, stack }: Built): readonly Telling[] {
  const located = stack.node.findAll().flatMap((construct) => {
    const [, ...ids] = construct.node.path.split('/');
    const faults = construct instanceof GuardedConstruct ? construct.faults() : [];
    return faults.map((found) => ({ found, ...placeOf(found, { environment, ids }) }));
  });
  const tellings = new Set<string>();
  return located
    .toSorted((a, b) => Number(b.isWritten) - Number(a.isWritten))
    .flatMap(({ found, span, isWritten }) => {
      const { value } = found.parameters as { readonly value?: unknown };
      const telling = JSON.stringify([found.code, value]);
      const where = JSON.stringify([telling, span]);
      if (tellings.has(isWritten || value === undefined ? where : telling)) return [];
      tellings.add(where).add(telling);
      return [{ environment, span, told: tell(found) }];
    });
}

/**
 * Names the environments that inherit what is wrong for them alone: the environment in which it is written, or another one
 * that inherits it, has it without a fault.
 */
function withHeirs(
  tellings: readonly Telling[],
  environments: readonly LoadedEnvironment[],
): readonly Pick<Telling, 'span' | 'told'>[] {
  const groups = Map.groupBy(tellings, ({ span, told: { code, message } }) =>
    JSON.stringify([span.start, span.end, code, message]),
  );
  return tellings.map(({ span, told: { message, ...rest } }) => {
    const key = JSON.stringify([span.start, span.end, rest.code, message]);
    const names = new Set((groups.get(key) ?? []).map(({ environment: { name } }) => name));
    const having = environments.filter(({ nameSpan, parts }) => [nameSpan, ...parts].some((part) => holds(part, span)));
    const isOwn = having.some(({ name, nameSpan, parts: [own = nameSpan] }) => names.has(name) && holds(own, span));
    if (isOwn || having.every(({ name }) => names.has(name))) return { span, told: { ...rest, message } };
    const heirs = `${[...names].map(quoteName).join(', ')}, which ${names.size === 1 ? 'inherits' : 'inherit'} it`;
    return { span, told: { ...rest, message: `${message} (in ${heirs})` } };
  });
}

function holds(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** A property is in the construct's section, or in one around it; else the nearest part that is written stands for it. */
function placeOf(
  { path, isName }: Fault,
  { environment, ids }: { readonly environment: LoadedEnvironment; readonly ids: readonly string[] },
): { readonly span: Span; readonly isWritten: boolean } {
  const ways = [ids, ...ids.map((_, index) => ids.slice(0, -1 - index))].map((section) => [...section, ...path]);
  const places = ways.map((way) => ({ ...locate(environment, way), length: way.length }));
  const whole = places.find(({ depth, length }) => depth === length);
  const place = whole ?? places.toSorted((a, b) => b.depth - a.depth)[0];
  const { span, nameSpan } = place ?? { span: environment.nameSpan, nameSpan: environment.nameSpan };
  return { span: isName ? nameSpan : span, isWritten: whole !== undefined };
}

function tell(found: Fault): Told {
  return tellFault(found, kebabCase);
}

function tellClaims(built: readonly Built[]): readonly Telling[] {
  const owners = new Map<string, { readonly name: string; readonly path: PropertyPath }>();
  // Two that make the same account are told that, and not also what is on it.
  const sameAccount = new Set<string>();
  return built.flatMap(({ environment, stack }) =>
    stack.claims.flatMap(({ kind, path, value, key = value }) => {
      const claim = `${kind} ${key.toLowerCase()}`;
      const other = owners.get(claim);
      owners.set(claim, other ?? { name: environment.name, path });
      if (other === undefined) return [];
      const pair = `${other.name} ${environment.name}`;
      if (kind === 'subdomain') sameAccount.add(pair);
      const { reason, cure } = once[kind];
      const { span } = locate(environment, path);
      if (other.name === environment.name) {
        // What one environment has twice on its account is told by the guards of the section.
        if (kind === 'role-assignment' || kind === 'speech-object') return [];
        const found = fault('same-in-environment', { path, value, other: other.path.join('.'), reason });
        return [{ environment, span, told: tell(found) }];
      }
      if (sameAccount.has(pair) && onAccount.has(kind)) return [];
      const found = fault('same-in-two-environments', { path, value, other: other.name, reason, cure });
      return [{ environment, span, told: tell(found) }];
    }),
  );
}

const onAccount: ReadonlySet<Claim['kind']> = new Set(['diagnostic-setting', 'role-assignment', 'speech-object']);

/** Why there can be only one, and what two environments that want it can do. */
const once: Readonly<Record<Claim['kind'], { readonly reason: string; readonly cure?: string }>> = {
  subdomain: {
    reason: 'a subdomain is unique in all of Azure',
    cure: 'Write another `name` or `custom-subdomain` of the account in one of them',
  },
  'storage-account': {
    reason: "a storage account's name is unique in all of Azure",
    cure: 'Write another `name` of the storage in one of them',
  },
  'resource-group': {
    reason: 'only one of them can make it',
    cure: 'Write another `resource-group` in one of them, or `create-resource-group: false` in that which finds it there',
  },
  'private-dns-zone': {
    reason: 'a resource group has a private DNS zone once, so the others name it in `dns-zone-ids`',
  },
  'private-endpoint': {
    reason: "a private endpoint's name is unique in its resource group",
    cure: 'Write another `name` of the endpoint in one of them',
  },
  'diagnostic-setting': {
    reason: "a diagnostic setting's name is unique on its account",
    cure: 'Write another `name` in one of them, or `enabled: false`; the setting of `monitoring` has no other name, so one of them is without `monitoring`',
  },
  'role-assignment': {
    reason: 'Azure makes a grant once',
    cure: 'Only one of them can grant it: write `enabled: false` in the grant of the other',
  },
  'speech-object': {
    reason: 'pipelines could not tell two of this display name and locale in one account apart',
    cure: 'Write another `name` in one of them, or only one of them can have it: write `enabled: false` in that of the other',
  },
  identity: {
    reason: "an identity's name is unique in its resource group",
    cure: 'Write another `name` of the identity in one of them',
  },
  lock: {
    reason: "a lock's name is unique on what it locks",
    cure: 'One lock is enough for both: write `enabled: false` in that of the other',
  },
  object: { reason: 'only one state can have it' },
  state: { reason: 'they would overwrite the state of each other', cure: 'Write another `key` in one of them' },
};
