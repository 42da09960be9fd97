import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What each part may import besides itself; the longest matching folder names the part. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  schemas: [],
  'workflows/scoring': [],
  'workflows/language': ['schemas', 'workflows/scoring'],
  'workflows/plan': ['schemas', 'workflows/scoring', 'workflows/language'],
  'workflows/engine': ['schemas', 'workflows/scoring', 'workflows/language', 'workflows/plan'],
  'workflows/steps': ['schemas', 'workflows/scoring', 'workflows/language', 'workflows/plan', 'workflows/engine'],
  'workflows/speech': ['schemas', 'workflows/language', 'workflows/plan', 'workflows/engine'],
  'workflows/data': ['schemas', 'workflows/language', 'workflows/plan', 'workflows/engine'],
  'workflows/azure': ['schemas', 'workflows/language', 'workflows/plan', 'workflows/engine'],
  'workflows/report': [
    'schemas',
    'workflows/scoring',
    'workflows/language',
    'workflows/plan',
    'workflows/engine',
    'workflows/azure',
  ],
  'workflows/telemetry': ['workflows/engine', 'workflows/speech'],
  emulator: ['schemas', 'workflows/scoring'],
  stacks: ['schemas', 'workflows/language', 'workflows/azure', 'stacks/provider'],
  'stacks/provider': [
    'schemas',
    'workflows/language',
    'workflows/plan',
    'workflows/engine',
    'workflows/speech',
    'workflows/data',
    'package.json',
  ],
  'workflows/cli': [
    'schemas',
    'workflows/scoring',
    'workflows/language',
    'workflows/plan',
    'workflows/engine',
    'workflows/steps',
    'workflows/speech',
    'workflows/azure',
    'workflows/data',
    'workflows/report',
    'workflows/telemetry',
    'emulator',
    'package.json',
  ],
};

/** The pure parts: none of these modules, which reach the file system, the network, the process or the clock. */
const pureParts = ['workflows/scoring', 'workflows/language', 'workflows/plan'];
const pureModules = new Set(['node:path', 'node:crypto']);

const files = Object.keys(allowed)
  .filter((part) => !part.includes('/') || part.startsWith('workflows/'))
  .flatMap((part) => sources(part))
  .filter((file, index, all) => all.indexOf(file) === index);

describe('architecture', () => {
  it('imports only along the allowed edges', () => {
    const broken = files.flatMap((file) =>
      relativeImports(file)
        .filter((target) => !isAllowed(file, target))
        .map((target) => `${file} imports ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('has no import circles', () => {
    expect(circles()).toEqual([]);
  });

  it('keeps scoring, language and plan free of the world', () => {
    const broken = files
      .filter((file) => pureParts.includes(partOf(file) ?? ''))
      .flatMap((file) =>
        importsOf(file)
          .filter((specifier) => specifier.startsWith('node:') && !pureModules.has(specifier))
          .map((specifier) => `${file} imports ${specifier}`),
      );
    expect(broken).toEqual([]);
  });

  it('reads no clock, randomness or process in scoring, language and plan', () => {
    const broken = files
      .filter((file) => pureParts.includes(partOf(file) ?? ''))
      .filter((file) => /\b(Date\.now|new Date\(\)|Math\.random|process\.|fetch\()/.test(withoutComments(file)));
    expect(broken).toEqual([]);
  });

  it('keeps step kinds away from the edges they reach through ports', () => {
    const broken = files
      .filter((file) => partOf(file) === 'workflows/steps')
      .flatMap((file) =>
        importsOf(file).filter((specifier) => /^node:(?!path$)/.test(specifier) || specifier.startsWith('@azure/')),
      );
    expect(broken).toEqual([]);
  });

  it('loads OpenTelemetry only when telemetry is asked for', () => {
    const loading = /(?:^|\n)import (?!type\b)[^;]*from '(?:@opentelemetry\/|[^']*\/telemetry\/telemetry\.ts)/;
    const broken = files
      .filter((file) => partOf(file) !== 'workflows/telemetry' || file.endsWith('/otlp-settings.ts'))
      .filter((file) => loading.test(withoutComments(file)));
    expect(broken).toEqual([]);
  });

  it('lets only its own folder import a private file', () => {
    const broken = files.flatMap((file) =>
      relativeImports(file)
        .filter((target) => path.basename(target).startsWith('_') && path.dirname(target) !== path.dirname(file))
        .map((target) => `${file} imports ${target}`),
    );
    expect(broken).toEqual([]);
  });
});

function sources(folder: string): string[] {
  const absolute = path.join(root, folder);
  if (statSync(absolute, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(absolute, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.posix.join(folder, name.replaceAll(path.sep, '/')));
}

function partOf(file: string): string | undefined {
  return Object.keys(allowed)
    .filter((part) => file === part || file.startsWith(`${part}/`))
    .toSorted((a, b) => b.length - a.length)[0];
}

function isAllowed(file: string, target: string): boolean {
  const from = partOf(file);
  const to = partOf(target) ?? target;
  return from !== undefined && (from === to || (allowed[from]?.includes(to) ?? false));
}

function withoutComments(file: string): string {
  return readFileSync(path.join(root, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

function importsOf(file: string): string[] {
  const text = withoutComments(file);
  return [
    ...text.matchAll(/(?:^|\n)\s*(?:import|export)\b[^;'"]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/g),
  ].map((match) => match[1] ?? match[2] ?? '');
}

function relativeImports(file: string): string[] {
  return importsOf(file)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier)));
}

/** Each circle once, as the chain of files that closes it. */
function circles(): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, chain: readonly string[]): void => {
    const at = chain.indexOf(file);
    if (at >= 0) {
      found.push([...chain.slice(at), file].join(' -> '));
      return;
    }
    if (done.has(file)) return;
    for (const target of relativeImports(file)) visit(target, [...chain, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return found;
}
