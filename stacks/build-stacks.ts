import type { App } from 'cdktf';
import type { Diagnostic, Findings, Span, Told } from '../workflows/language/diagnostics.ts';
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
  return { stacks: built.map(({ stack }) => stack), diagnostics: findings.diagnostics() };
}

interface Built {
  readonly environment: LoadedEnvironment;
  readonly stack: SpeechStack;
}

/** Constructs are called as the sections of the environment, so the way to a fault leads through the document, too. */
function reportFaults({ environment, stack, findings }: Built & { readonly findings: Findings }): void {
  for (const construct of stack.node.findAll()) {
    if (!(construct instanceof GuardedConstruct)) continue;
    const [, ...ids] = construct.node.path.split('/');
    for (const found of construct.faults()) findings.add(spanOf(found.path, { environment, ids }), told(found));
  }
}

/** A property is in the construct's section, or in one around it. */
function spanOf(
  path: PropertyPath,
  { environment, ids }: { readonly environment: LoadedEnvironment; readonly ids: readonly string[] },
): Span {
  const ways = [ids, ...ids.map((_, index) => ids.slice(0, -1 - index))].map((section) => [...section, ...path]);
  const places = ways.map((way) => ({ ...locate(environment, way), length: way.length }));
  const whole = places.find(({ depth, length }) => depth === length);
  return (whole ?? places.toSorted((a, b) => b.depth - a.depth)[0] ?? { span: environment.nameSpan }).span;
}

function told(found: Fault): Told {
  return tellFault(found, kebabCase);
}

function reportClaims(built: readonly Built[], findings: Findings): void {
  const owners = new Map<string, string>();
  for (const { environment, stack } of built) {
    for (const claim of stack.claims) {
      const key = `${claim.kind} ${claim.value.toLowerCase()}`;
      const other = owners.get(key);
      owners.set(key, other ?? environment.name);
      if (other === undefined) continue;
      const { path, value } = claim;
      findings.add(
        locate(environment, path).span,
        told(fault('same-in-two-environments', { path, value, other, reason: reasons[claim.kind] })),
      );
    }
  }
}

const reasons: Readonly<Record<Claim['kind'], string>> = {
  subdomain: 'a subdomain is unique in all of Azure',
  'storage-account': "a storage account's name is unique in all of Azure",
  'resource-group': 'only one of them can make it',
  state: 'they would overwrite the state of each other',
};
