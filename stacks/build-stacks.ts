import type { App } from 'cdktf';
import type { Diagnostic, DiagnosticCounts, Findings, Span, Told } from '../workflows/document/diagnostics.ts';
import { kebabCase } from './environment/environment.ts';
import { type LoadedEnvironment, loadEnvironments } from './environment/load-environments.ts';
import { locate } from './environment/locate.ts';
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
  for (const { environment, stack } of built) reportFaults({ environment, stack, findings });
  reportClaims(built, findings);
  const stacks = built.map(({ stack }) => stack);
  return { stacks, diagnostics: findings.diagnostics(), counts: findings.counts() };
}

interface Built {
  readonly environment: LoadedEnvironment;
  readonly stack: SpeechStack;
}

/**
 * Constructs are called as the sections of the environment, so the way to a fault leads through the document, too. A value that
 * one construct hands on to another is told once, where it is written.
 */
function reportFaults({ environment, stack, findings }: Built & { readonly findings: Findings }): void {
  const located = stack.node.findAll().flatMap((construct) => {
    const [, ...ids] = construct.node.path.split('/');
    const faults = construct instanceof GuardedConstruct ? construct.faults() : [];
    return faults.map((found) => ({ found, ...placeOf(found.path, { environment, ids }) }));
  });
  const tellings = new Set<string>();
  for (const { found, span, isWritten } of located.toSorted((a, b) => Number(b.isWritten) - Number(a.isWritten))) {
    const { value } = found.parameters as { readonly value?: unknown };
    const telling = JSON.stringify([found.code, value]);
    const where = JSON.stringify([telling, span]);
    if (tellings.has(isWritten || value === undefined ? where : telling)) continue;
    tellings.add(where).add(telling);
    findings.add(span, told(found));
  }
}

/** A property is in the construct's section, or in one around it; else the nearest part that is written stands for it. */
function placeOf(
  path: PropertyPath,
  { environment, ids }: { readonly environment: LoadedEnvironment; readonly ids: readonly string[] },
): { readonly span: Span; readonly isWritten: boolean } {
  const ways = [ids, ...ids.map((_, index) => ids.slice(0, -1 - index))].map((section) => [...section, ...path]);
  const places = ways.map((way) => ({ ...locate(environment, way), length: way.length }));
  const whole = places.find(({ depth, length }) => depth === length);
  const { span } = whole ?? places.toSorted((a, b) => b.depth - a.depth)[0] ?? { span: environment.nameSpan };
  return { span, isWritten: whole !== undefined };
}

function told(found: Fault): Told {
  return tellFault(found, kebabCase);
}

function reportClaims(built: readonly Built[], findings: Findings): void {
  const owners = new Map<string, { readonly name: string; readonly path: PropertyPath }>();
  for (const { environment, stack } of built) {
    for (const claim of stack.claims) {
      const key = `${claim.kind} ${claim.value.toLowerCase()}`;
      const other = owners.get(key);
      const { path, value } = claim;
      owners.set(key, other ?? { name: environment.name, path });
      if (other === undefined) continue;
      const reason = reasons[claim.kind];
      findings.add(
        locate(environment, path).span,
        told(
          other.name === environment.name
            ? fault('same-in-environment', { path, value, other: other.path.join('.'), reason })
            : fault('same-in-two-environments', { path, value, other: other.name, reason }),
        ),
      );
    }
  }
}

const reasons: Readonly<Record<Claim['kind'], string>> = {
  subdomain: 'a subdomain is unique in all of Azure',
  'storage-account': "a storage account's name is unique in all of Azure",
  'resource-group': 'only one of them can make it',
  'private-dns-zone': 'a resource group has a private DNS zone once, so the others name it in `dns-zone-ids`',
  'private-endpoint': "a private endpoint's name is unique in its resource group",
  'diagnostic-setting': "a diagnostic setting's name is unique on its account",
  object: 'only one state can have it',
  state: 'they would overwrite the state of each other',
};
