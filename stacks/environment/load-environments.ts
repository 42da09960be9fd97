import { renamed, reportFaults } from '../../workflows/document/schema/report-faults.ts';
import type { Findings, Span } from '../../workflows/document/diagnostics/diagnostics.ts';
import { plainValue, scalarText, valueAt } from '../../workflows/document/yaml/plain-value.ts';
import { quoteName } from '../../workflows/document/quote-name.ts';
import {
  readDocument,
  type SourceEntry,
  type SourceMap,
  type SourceNode,
} from '../../workflows/document/yaml/read-document.ts';
import { type Fault, fault, tellFault } from '../guards/fault.ts';
import { camelKeys } from './camel-keys.ts';
import { createEnvironmentFindings } from './environment-findings.ts';
import { environmentValidators } from './environment-validators.ts';
import { type Environment, kebabCase } from './environment.ts';
import { refusedKey } from './refused-keys.ts';
import { type ResolvedEnvironment, resolveExtends } from './resolve-extends.ts';

/** An environment that can become a stack. */
export interface LoadedEnvironment extends ResolvedEnvironment {
  readonly settings: Environment;
}

export interface LoadedEnvironments {
  /** What the environments are for; empty when the document does not say. */
  readonly workload: string;
  /** Those in which nothing is wrong so far and of which stacks are made. */
  readonly environments: readonly LoadedEnvironment[];
  /** What was found so far, and where guards leave the rest. */
  readonly findings: Findings;
}

/**
 * Reads environment.yaml: the text as YAML, the document against its schema, what environments inherit, and names. Pure,
 * and never throws, whatever the text is.
 */
export function loadEnvironments(text: string, { path }: { readonly path: string }): LoadedEnvironments {
  const plainText = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const findings = createEnvironmentFindings(path, plainText);
  const nothing = { workload: '', environments: [], findings };
  const written = readDocument(plainText, findings);
  if (written === undefined || findings.errors() > 0) return nothing;
  if (written.kind !== 'map') {
    const actual = written.kind === 'list' ? 'a list' : 'a single value';
    const at = { start: written.start, end: written.start + 1 };
    const expected = 'a mapping of keys to values';
    findings.report('wrong-type', at, { key: 'environments', expected, actual, quotable: false });
    return nothing;
  }
  const report = (found: Fault, at: Span): void => findings.add(at, tellFault(found, kebabCase));
  refuseTemplates(written, { key: [], report });
  const document = checkDocument(written, findings);
  const workload = checkWorkload(document, report);
  const map = valueAt(document, 'environments');
  if (map?.kind !== 'map') return nothing;
  const isNamed = new Map(map.entries.map((entry) => [entry.key, isSoundName(entry, { ...environmentName, report })]));
  const resolved = resolveExtends(map, { report });
  const isNothing = resolved.length === map.entries.length && resolved.every(({ isAbstract }) => isAbstract);
  if (isNothing) report(fault('only-abstract', { path: ['environments'] }), map.entries[0]?.keySpan ?? map);
  const environments = resolved.flatMap((environment) => {
    const { isAbstract, name, source } = environment;
    const isWell = checkChosenNames(source, report);
    const isComplete = isAbstract || checkComplete(environment, findings);
    // Names become ids of constructs, which do not take everything.
    if (!isWell || !isComplete || isAbstract || workload === '' || isNamed.get(name) !== true) return [];
    return { ...environment, settings: camelKeys(plainValue(source)) };
  });
  return { workload, environments, findings };
}

type Report = (found: Fault, at: Span) => void;

/** Reports what the schema finds wrong, and gives the document with the keys that were meant. */
function checkDocument(written: SourceMap, findings: Findings): SourceMap {
  const renames = new Map<SourceEntry, string>();
  const faults = environmentValidators().document(plainValue(written));
  reportFaults(faults, { root: written, findings, renames, describe: describePart, hintFor: refusedKey });
  return renamed(written, renames);
}

/**
 * Reports what must be there once everything is inherited, and what stands under keys that only now have the name that was
 * meant; whether nothing is wrong. What was told before is not told again.
 */
function checkComplete({ name, nameSpan, source }: ResolvedEnvironment, findings: Findings): boolean {
  const faults = environmentValidators().complete(plainValue(source));
  const describe = (path: readonly string[]): string => describePart(['environments', name, ...path]);
  const place = { root: source, findings, renames: new Map(), name: nameSpan, describe, hintFor: refusedKey };
  reportFaults(faults, place);
  return faults.length === 0;
}

function describePart(path: readonly string[]): string {
  const [first, name, ...rest] = path;
  if (first === undefined) return 'the document';
  if (first !== 'environments' || name === undefined) return quoteName(path.join('.'));
  const environment = `the environment ${quoteName(name)}`;
  return rest.length === 0 ? environment : `${quoteName(rest.join('.'))} of ${environment}`;
}

/** What the environments are for, or nothing when that is no name. */
function checkWorkload(document: SourceMap, report: Report): string {
  const node = valueAt(document, 'name');
  const value = scalarText(node);
  if (node === undefined || value === undefined) return '';
  if (isName(value, environmentName.longest)) return value;
  report(fault('environment-name', { path: ['name'], value }), node);
  return '';
}

/** Names under these keys become parts of addresses; whether all of them can. */
function checkChosenNames(source: SourceMap, report: Report): boolean {
  const paths = [
    ['role-grants'],
    ['private-endpoints'],
    ['storage', 'private-endpoints'],
    ['diagnostic-settings'],
    ['monitoring', 'model-expiry'],
    ['deploy-identity', 'federated-credentials'],
    ['custom-speech', 'projects'],
    ['custom-speech', 'endpoints'],
  ];
  return paths
    .flatMap((path) => {
      const map = path.reduce<SourceNode | undefined>((node, key) => valueAt(node, key), source);
      const entries = map?.kind === 'map' ? map.entries : [];
      return entries.map((entry) => isSoundName(entry, { code: 'choice-name', longest: 40, path, report }));
    })
    .every(Boolean);
}

interface NameOptions {
  readonly code: 'environment-name' | 'choice-name';
  readonly longest: number;
  readonly path: readonly string[];
}

const environmentName = { code: 'environment-name', longest: 24, path: ['environments'] } as const;

function isSoundName(
  { key, keySpan }: SourceEntry,
  { code, longest, path, report }: NameOptions & { readonly report: Report },
): boolean {
  const isSound = isName(key, longest);
  if (!isSound) report(fault(code, { path, value: key }), keySpan);
  return isSound;
}

function isName(text: string, longest: number): boolean {
  return text.length <= longest && /^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(text);
}

/** A template would have Terraform read files and variables of whoever runs it. */
function refuseTemplates(
  node: SourceNode,
  { key, report }: { readonly key: readonly string[]; readonly report: Report },
): void {
  if (node.kind === 'map') {
    for (const entry of node.entries) {
      refuseText(entry.key, { path: key, at: entry.keySpan, report });
      refuseTemplates(entry.value, { key: [entry.key], report });
    }
  } else if (node.kind === 'list') for (const item of node.items) refuseTemplates(item, { key, report });
  else refuseText(String(node.value), { path: key, at: node, report });
}

function refuseText(
  value: string,
  { path, at, report }: { readonly path: readonly string[]; readonly at: Span; readonly report: Report },
): void {
  if (/[$%]\{|#\{Tf/.test(value)) report(fault('terraform-template', { path, value }), at);
}
