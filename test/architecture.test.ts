import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

const language = [
  'workflows/language',
  'workflows/language/checks',
  'workflows/language/matrix',
  'workflows/language/references',
  'workflows/language/schedule',
  'workflows/language/variables',
];
const scoring = [
  'workflows/scoring',
  'workflows/scoring/alignment',
  'workflows/scoring/marks',
  'workflows/scoring/readers',
  'workflows/scoring/significance',
];
/** What is told of a document, and the words it is told in. */
const told = ['workflows/document', 'workflows/document/diagnostics'];
const document = [...told, 'workflows/document/yaml', 'workflows/document/schema'];
/** What every part above the pipeline language may read. */
const read = ['schemas', 'workflows/time', ...document, 'workflows/expressions', ...language];
const plan = ['workflows/plan', 'workflows/plan/data'];
const planned = [...read, ...scoring, ...plan];
const engine = ['workflows/engine', 'workflows/engine/retries'];
const interpreted = [...planned, ...engine];
const stored = [...interpreted, 'workflows/store'];
const durable = [...stored, 'workflows/durable'];
const fleet = ['workflows/fleet', 'workflows/fleet/schedules', 'workflows/fleet/webhooks'];
const steps = [
  'workflows/steps',
  'workflows/steps/copy',
  'workflows/steps/evaluate',
  'workflows/steps/prune',
  'workflows/steps/swap',
  'workflows/steps/swap/recognition',
  'workflows/steps/upload',
];
const client = ['workflows/speech', 'workflows/speech/sdk'];
/** Local data, and what the service would say of them. */
const data = [
  'workflows/data',
  'workflows/data/check',
  'workflows/data/check/reading',
  'workflows/data/check/recordings',
  'workflows/data/check/texts',
  'workflows/data/compare',
  'workflows/data/mend',
  'workflows/data/sets',
  'workflows/data/statistics',
  'workflows/data/synthesis',
];
const edges = [...steps, ...client, 'workflows/azure', 'workflows/messages', ...data];
/** What sends content in blocks. */
const sending = ['workflows/azure', ...client];
/** Where pull requests are reviewed. */
const hosts = ['workflows/hosts'];
/** Pages for a browser: components, the pages made of them, and the script that goes with them. */
const pages = ['workflows/report/html', 'workflows/report/html/views'];
/** What is found in pipelines, for the tools around a pull request. */
const forTools = ['workflows/report/diagnostics'];
const shown = [
  'workflows/evidence',
  'workflows/report',
  'workflows/report/commands',
  ...pages,
  ...forTools,
  'workflows/report/review',
  'workflows/report/score',
  'workflows/telemetry',
];
/** What every room of the portal's server may import of it. */
const portalServer = ['portal/api', 'portal/server', 'portal/server/history', 'portal/server/repository'];
/** The tabs of the portal's page, a folder each. */
const portalTabs = ['data', 'testing', 'training', 'deployment', 'runs'];
const emulatorState = ['emulator/state', 'emulator/state/limits'];
const emulator = ['emulator', 'emulator/server', ...emulatorState];

/**
 * The rooms, floor by floor from the ground up, and what each may import besides itself; the longest matching folder names
 * the room. A room imports from the floors below alone.
 */
const floors: readonly Readonly<Record<string, readonly string[]>>[] = [
  { schemas: [] },
  {
    'workflows/time': [],
    'workflows/document': ['schemas', 'workflows/document/diagnostics'],
    'workflows/document/diagnostics': ['workflows/document'],
    'workflows/scoring/profiles': [],
  },
  { 'workflows/document/yaml': told },
  { 'workflows/document/schema': ['schemas', ...told, 'workflows/document/yaml'] },
  Object.fromEntries(scoring.map((room) => [room, ['workflows/scoring/profiles', ...scoring]])),
  { 'workflows/expressions': ['schemas', ...document] },
  Object.fromEntries(
    // What a test set can show is known before anything runs.
    language.map((room) => [
      room,
      ['schemas', ...document, 'workflows/expressions', 'workflows/scoring/significance', ...language],
    ]),
  ),
  Object.fromEntries(plan.map((room) => [room, [...read, ...plan]])),
  { 'workflows/review/wishes': [...read, ...plan] },
  { 'workflows/review': [...read, ...plan], 'workflows/migrate': [...document, ...language] },
  { 'workflows/data/check/rules': ['workflows/document'], 'workflows/data/sound': [] },
  Object.fromEntries(engine.map((room) => [room, interpreted])),
  { 'workflows/evidence': interpreted, 'workflows/blocks': interpreted },
  Object.fromEntries(
    [...edges, 'workflows/store'].map((room) => {
      const own = [steps, client, data].find((rooms) => rooms.includes(room)) ?? [];
      return [
        room,
        [
          ...interpreted,
          ...(sending.includes(room) ? ['workflows/blocks'] : []),
          ...(own === data ? ['workflows/data/check/rules', 'workflows/data/sound'] : []),
          ...own,
        ],
      ];
    }),
  ),
  { 'workflows/hosts': [...document] },
  { 'workflows/messages': interpreted },
  { 'workflows/durable': stored },
  { 'workflows/fleet/schedules': durable, 'workflows/fleet/webhooks': durable },
  { 'workflows/fleet': [...durable, ...fleet] },
  {
    'workflows/report': [
      ...durable,
      ...fleet,
      'workflows/azure',
      'workflows/evidence',
      'workflows/review',
      'workflows/steps',
    ],
    'workflows/telemetry': [...interpreted, ...fleet, 'workflows/speech'],
  },
  {
    'workflows/report/commands': [
      ...durable,
      ...fleet,
      'workflows/azure',
      'workflows/evidence',
      'workflows/review',
      'workflows/report',
    ],
  },
  { 'workflows/report/html/types': [] },
  {
    'workflows/report/html/views': [
      'schemas',
      'workflows/document',
      'workflows/evidence',
      'workflows/report/html/types',
    ],
  },
  {
    'workflows/report/html': [
      'schemas',
      'workflows/evidence',
      'workflows/report/html/views',
      'workflows/report/html/types',
    ],
  },
  { 'workflows/report/html/browser': ['schemas', ...pages] },
  {
    'workflows/report/review': [
      'workflows/review',
      'schemas',
      ...document,
      'workflows/plan',
      'workflows/report',
      'workflows/report/commands',
      'workflows/report/html/views',
    ],
  },
  { 'workflows/report/diagnostics': [...told, 'workflows/report'] },
  { 'workflows/report/score': ['workflows/document', ...scoring, 'workflows/report'] },
  // The client and the emulator share no code, so that they cannot share a mistake.
  { 'emulator/recognition/pronunciation': [] },
  { 'emulator/recognition': ['schemas', 'workflows/scoring', 'emulator/recognition/pronunciation'] },
  { 'emulator/state/limits': [] },
  {
    'emulator/state': ['emulator/recognition', 'emulator/state/limits'],
    'emulator/ingest': ['emulator/recognition', 'workflows/scoring'],
  },
  { 'emulator/protocol': ['emulator/recognition', ...emulatorState] },
  {
    'emulator/arm': ['emulator/protocol', ...emulatorState],
    'emulator/sign-in': ['emulator/protocol', ...emulatorState],
    'emulator/work': [
      'emulator/protocol',
      ...emulatorState,
      'emulator/ingest',
      'emulator/recognition',
      'workflows/scoring',
    ],
  },
  { 'emulator/callbacks': ['emulator/protocol', ...emulatorState, 'emulator/work'] },
  {
    'emulator/resources': [
      'emulator/callbacks',
      'emulator/protocol',
      'emulator/recognition',
      ...emulatorState,
      'emulator/work',
    ],
  },
  {
    'emulator/server': [
      'emulator/protocol',
      'emulator/recognition',
      'emulator/resources',
      'emulator/sign-in',
      ...emulatorState,
      'emulator/work',
    ],
  },
  {
    'emulator/realtime': [
      'emulator/protocol',
      'emulator/recognition',
      'emulator/server',
      'emulator/sign-in',
      ...emulatorState,
      'emulator/work',
    ],
  },
  {
    emulator: [
      'emulator/arm',
      'emulator/callbacks',
      'emulator/protocol',
      'emulator/realtime',
      'emulator/server',
      'emulator/sign-in',
      ...emulatorState,
      'emulator/work',
    ],
  },
  { 'portal/api': [] },
  {
    'portal/app/parts': ['portal/api', 'portal/app', ...pages, 'workflows/document', 'workflows/evidence', 'schemas'],
  },
  Object.fromEntries(
    portalTabs.map((tab) => [
      `portal/app/tabs/${tab}`,
      ['portal/api', 'portal/app', 'portal/app/parts', ...pages, 'workflows/document', 'workflows/evidence', 'schemas'],
    ]),
  ),
  { 'portal/app/tabs': ['portal/app', ...portalTabs.map((tab) => `portal/app/tabs/${tab}`)] },
  { 'portal/app': ['portal/api', 'portal/app/parts', 'portal/app/tabs', ...pages] },
  {
    'portal/server/history': ['portal/api', 'portal/server', ...interpreted, 'workflows/evidence', 'workflows/data'],
    'portal/server/repository': ['portal/api', 'portal/server', ...interpreted, ...hosts],
  },
  {
    'portal/server/data': [...portalServer, ...interpreted, 'workflows/evidence', 'workflows/data', ...steps],
    'portal/server/testing': [...portalServer, ...interpreted, 'workflows/evidence', 'workflows/steps'],
  },
  {
    'portal/server/routes': [
      ...portalServer,
      'portal/server/data',
      'portal/server/testing',
      ...interpreted,
      ...edges,
      ...shown,
      'workflows/review',
      'workflows/review/wishes',
      'workflows/durable',
      ...fleet,
    ],
  },
  {
    'portal/server': [
      'portal/api',
      'portal/server/history',
      'portal/server/repository',
      'portal/server/routes',
      ...interpreted,
      ...edges,
      ...shown,
      'workflows/review',
      'workflows/review/wishes',
      ...hosts,
      'workflows/durable',
      ...fleet,
      'workflows/store',
    ],
  },
  {
    'workflows/cli/connect': [
      ...interpreted,
      ...edges,
      'workflows/cli',
      'workflows/report',
      'workflows/store',
      'emulator',
    ],
  },
  { 'workflows/cli/scoring': ['workflows/document', ...scoring, 'workflows/report/score', 'workflows/cli'] },
  {
    'workflows/cli/data': [
      ...data,
      ...document,
      ...forTools,
      'workflows/report',
      'schemas',
      'workflows/cli',
      'package.json',
    ],
  },
  { 'workflows/cli/init': ['workflows/cli', 'package.json'] },
  {
    'workflows/cli/review': [...hosts, 'workflows/report/review', 'workflows/cli'],
  },
  {
    'workflows/cli/pipelines': [
      ...interpreted,
      'workflows/review',
      ...edges,
      ...fleet,
      'workflows/cli',
      'workflows/cli/connect',
    ],
  },
  {
    'workflows/cli/pipelines/locks': [
      ...interpreted,
      ...edges,
      'workflows/cli',
      'workflows/cli/connect',
      'workflows/cli/pipelines',
    ],
  },
  { 'workflows/cli/runs': [...durable, ...edges, ...shown, 'workflows/cli', 'workflows/cli/connect', 'package.json'] },
  {
    'workflows/cli/portal': [
      'portal/server',
      ...hosts,
      ...document,
      'workflows/language',
      'workflows/plan',
      ...engine,
      'workflows/data',
      ...durable,
      ...fleet,
      'workflows/cli',
      'workflows/cli/connect',
      'workflows/cli/pipelines',
      'workflows/cli/runs',
    ],
  },
  {
    'workflows/cli/worker': [
      ...durable,
      ...edges,
      ...fleet,
      ...shown,
      'workflows/cli',
      'workflows/cli/connect',
      'workflows/cli/pipelines',
      'workflows/cli/runs',
    ],
  },
  {
    'workflows/cli/commands': [
      'package.json',
      'workflows/review',
      'workflows/migrate',
      ...hosts,
      ...durable,
      ...edges,
      ...fleet,
      ...shown,
      ...emulator,
      'workflows/cli',
      'workflows/cli/connect',
      'workflows/cli/data',
      'workflows/cli/init',
      'workflows/cli/pipelines',
      'workflows/cli/pipelines/locks',
      'workflows/cli/portal',
      'portal/server',
      'workflows/cli/review',
      'workflows/cli/runs',
      'workflows/cli/scoring',
      'workflows/cli/worker',
    ],
  },
  // What all commands share lies beside the entrance, which loads them.
  {
    'workflows/cli': [
      ...stored,
      'workflows/review',
      'workflows/cli/commands',
      'workflows/cli/pipelines',
      'package.json',
    ],
  },
  { 'stacks/provider': [...interpreted, 'workflows/speech', 'workflows/data', 'package.json'] },
  { stacks: [...read, 'workflows/azure', 'stacks/provider'] },
];
const allowed: Readonly<Record<string, readonly string[]>> = Object.assign({}, ...floors);
/** Rooms that import each other, file by file without a circle: a folder and what it has taken out of itself. */
const shared = new Set([
  'workflows/cli',
  'portal/app',
  'portal/server',
  ...told,
  ...language,
  ...scoring,
  ...plan,
  ...engine,
  ...steps,
  ...client,
  ...data,
]);

/** The pure parts: none of these modules, which reach the file system, the network, the process or the clock. */
const pureParts = [
  ...scoring,
  'workflows/scoring/profiles',
  ...document,
  'workflows/expressions',
  ...language,
  ...plan,
  'workflows/review',
  'workflows/review/wishes',
  'workflows/migrate',
  'workflows/evidence',
  'workflows/data/check/rules',
  'workflows/report/review',
];
const pureModules = new Set(['node:path', 'node:crypto']);

const files = Object.keys(allowed)
  .filter((part) => !part.includes('/') || part.startsWith('workflows/') || part.startsWith('portal/'))
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

  it('names for each room rooms on lower floors alone', () => {
    const floorOf = new Map(floors.flatMap((rooms, floor) => Object.keys(rooms).map((room) => [room, floor] as const)));
    const wrong = floors.flatMap((rooms, floor) =>
      Object.entries(rooms).flatMap(([room, targets]) =>
        targets
          .filter((target) => target !== room && !shared.has(target) && (floorOf.get(target) ?? -1) >= floor)
          .map((target) => `${room} on floor ${floor} may import ${target}`),
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('has a place on the floors for every folder', () => {
    const folders = new Set(
      files
        .map((file) => path.posix.dirname(file))
        .filter((folder) => !folder.startsWith('stacks') && !folder.startsWith('schemas')),
    );
    expect([...folders].filter((folder) => !Object.hasOwn(allowed, folder))).toEqual([]);
  });

  it('has no import circles', () => {
    expect(circles()).toEqual([]);
  });

  it('keeps what reads, checks, plans and scores free of the world', () => {
    const broken = files
      .filter((file) => pureParts.includes(partOf(file) ?? ''))
      .flatMap((file) =>
        importsOf(file)
          .filter((specifier) => specifier.startsWith('node:') && !pureModules.has(specifier))
          .map((specifier) => `${file} imports ${specifier}`),
      );
    expect(broken).toEqual([]);
  });

  it('reads no clock, randomness or process there', () => {
    const broken = files
      .filter((file) => pureParts.includes(partOf(file) ?? ''))
      .filter((file) => /\b(Date\.now|new Date\(\)|Math\.random|process\.|fetch\()/.test(withoutComments(file)));
    expect(broken).toEqual([]);
  });

  it('keeps step kinds away from the edges they reach through ports', () => {
    const broken = files
      .filter((file) => steps.includes(partOf(file) ?? ''))
      .flatMap((file) =>
        importsOf(file).filter(
          (specifier) => /^node:(?!path$|crypto$)/.test(specifier) || specifier.startsWith('@azure/'),
        ),
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
