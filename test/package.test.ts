import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../emulator/start-emulator.ts';
import { until } from './until.ts';
import { blocksOf, commandsOf, type PageBlock, timeless } from './page-blocks.ts';

const run = promisify(execFile);
const root = path.join(import.meta.dirname, '..');
let folder: string;

/** What a user of the npm package has: the packed tarball, installed into an empty folder. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-package-'));
  await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root });
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? '';
  await writeFile(path.join(folder, 'package.json'), '{ "private": true }');
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', `./${tarball}`], { cwd: folder });
}, 300_000);

// A run that the portal has started may still be leaving.
afterAll(async () => await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 }));

async function speechops(...args: readonly string[]): Promise<Ended> {
  return await call('speechops', args);
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function call(
  program: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const file = path.join(folder, 'node_modules', '.bin', program);
  return await run(file, args, { cwd: folder, env: { ...process.env, ...env } }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: Ended) => error,
  );
}

/** What the package asks for beside it when stacks are made. */
async function linkPeers(): Promise<void> {
  for (const name of ['cdktf', 'constructs', '@cdktf/provider-azurerm']) {
    const link = path.join(folder, 'node_modules', name);
    await mkdir(path.dirname(link), { recursive: true });
    await symlink(path.join(root, 'node_modules', name), link).catch(() => undefined);
  }
}

/** A person at a shell who follows a page: beside the clone, with the package where `npm install` puts it. */
interface ShellSession {
  readonly ran: readonly string[];
  /** Calls a command, which must succeed, and answers what it printed. */
  run(command: string, section: string): Promise<string>;
  /** Does with a block of YAML what the page says: it goes into the pipeline. */
  write(block: string): Promise<void>;
  end(): Promise<void>;
}

async function startSession(): Promise<ShellSession> {
  const tools = path.join(folder, 'shell-tools');
  await mkdir(tools);
  await mkdir(path.join(folder, 'speechops'));
  // Else npx looks in the project alone, and then asks the registry.
  const npx = `#!/bin/sh\nprogram=$1; shift\nexec ${path.join(folder, 'node_modules/.bin')}/$program "$@"\n`;
  await writeFile(path.join(tools, 'npx'), npx, { mode: 0o755 });
  const ran: string[] = [];
  let cwd = path.join(folder, 'speechops');
  let emulator: Emulator | undefined;
  const pipeline = (): string => path.join(cwd, 'pipelines/calls.yaml');
  const inShell = async (command: string): Promise<Ended> => {
    const { SPEECHOPS_ENDPOINT: _, SPEECHOPS_DATABASE_URL: _url, ...rest } = process.env;
    const service = emulator && { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key };
    const env = { ...rest, ...service, PATH: `${tools}:${process.env['PATH']}` };
    return await run('sh', ['-c', command.replace(/ &$/, '')], { cwd, env }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: Ended) => error,
    );
  };
  return {
    ran,
    async run(command, section) {
      ran.push(command);
      // The package is packed and installed already; there is no Azure.
      if (['npm ci', 'npm pack --pack-destination . ../speechops', 'npm install', 'az login'].includes(command))
        return '';
      if (command.startsWith('cd ')) cwd = path.resolve(cwd, command.slice('cd '.length));
      if (command.startsWith('export SPEECHOPS_ENDPOINT=')) {
        const audioDirectories = ['data/test', 'data/smoke'].map((name) => path.join(cwd, name));
        emulator = await startEmulator({ speed: 3000, audioDirectories });
      }
      if (/^(?:cd|export) /.test(command)) return '';
      const { code, stdout, stderr } = await inShell(command);
      const needsDatabase = section.endsWith('workers');
      expect([command, code], stdout + stderr).toEqual([command, needsDatabase ? 2 : 0]);
      if (needsDatabase) expect(stderr).toContain('Set SPEECHOPS_DATABASE_URL to the PostgreSQL');
      // A project gets the program as a package file only from a clone.
      if (command.includes(' init ')) expect(stdout).not.toContain('npm pack');
      return stdout;
    },
    async write(block) {
      if (block.startsWith('name:')) {
        const called = [...block.matchAll(/^ +- run: (npx speechops \w+ \S+)/gm)].map(([, command]) => command);
        expect(called).toHaveLength(3);
        expect(ran).toEqual(expect.arrayContaining(called));
        return;
      }
      const text = await readFile(pipeline(), 'utf8');
      const [before = '', after = ''] = text.split('  - id: go-live\n    uses: swap\n');
      expect(after).not.toBe('');
      const step = `${block}  - id: go-live\n    uses: swap\n    needs: [ok]\n`;
      await writeFile(pipeline(), block.startsWith('  - id: ok\n') ? `${before}${step}${after}` : `${text}${block}`);
      expect(await inShell('npx speechops lint pipelines')).toMatchObject({ code: 0 });
    },
    end: async () => await emulator?.close(),
  };
}

describe('the npm package', () => {
  it('shows its commands with --help', async () => {
    const { code, stdout } = await speechops('--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/lint[\s\S]*plan[\s\S]*run[\s\S]*score[\s\S]*emulator/);
  });

  it('lints a pipeline with a fault and one without', async () => {
    const good =
      'name: p\nlocale: en-US\nsteps:\n  - id: text\n    uses: upload\n    with: { kind: Language, from: https://example.org/text.txt }\n';
    await writeFile(path.join(folder, 'good.yaml'), good);
    await writeFile(path.join(folder, 'bad.yaml'), good.replace('uses: upload', 'uses: uplaod'));
    expect(await speechops('lint', 'good.yaml')).toMatchObject({ code: 0 });
    const bad = await speechops('lint', 'bad.yaml');
    expect(bad.code).toBe(1);
    expect(bad.stdout).toContain('bad.yaml:5:11:');
    expect(bad.stdout).toContain('upload');
  });

  it('starts from few files, with the licences of the libraries in them', async () => {
    const count = path.join(folder, 'count-files.mjs');
    await writeFile(
      count,
      `import { registerHooks } from 'node:module';
let files = 0;
registerHooks({ load: (url, context, next) => ((files += url.startsWith('file:') ? 1 : 0), next(url, context)) });
process.on('exit', () => process.stderr.write(\`\${files} files\\n\`));
`,
    );
    const emulator = await startEmulator();
    try {
      const env = {
        NODE_OPTIONS: `--import ${count}`,
        SPEECHOPS_ENDPOINT: emulator.url,
        SPEECHOPS_KEY: emulator.key,
      };
      for (const [most, ...args] of [
        [12, '--help'],
        [25, 'lint', 'good.yaml'],
        [40, 'plan', 'good.yaml'],
      ] as const) {
        const { code, stderr } = await call('speechops', args, env);
        expect(code, stderr).toBe(0);
        expect(Number(/(\d+) files$/m.exec(stderr)?.[1]), args.join(' ')).toBeLessThanOrEqual(most);
      }
    } finally {
      await emulator.close();
    }
    const packed = path.join(folder, 'node_modules', 'speechops', 'dist');
    const notices = await readFile(path.join(packed, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
    for (const name of ['@actions/expressions', '@typespec/ts-http-runtime', 'commander', 'js-yaml', 'ms']) {
      const { version, license } = JSON.parse(
        await readFile(path.join(root, 'node_modules', name, 'package.json'), 'utf8'),
      ) as Readonly<Record<string, string>>;
      expect(notices).toContain(`${name} ${version} (${license})`);
    }
    expect(notices).toContain('Permission is hereby granted, free of charge');
  });

  it('does what docs/getting-started.md says, command by command', { timeout: 300_000 }, async () => {
    const page = blocksOf(await readFile(path.join(root, 'docs/getting-started.md'), 'utf8'));
    const session = await startSession();
    try {
      for (const [index, block] of page.entries()) {
        if (block.language === 'yaml') await session.write(block.text);
        if (block.language !== 'sh') continue;
        let screen = '';
        for (const command of commandsOf(block)) screen = await session.run(command, block.section);
        const shown = page[index + 1];
        if (shown?.language === 'text' && shown.section === block.section)
          expect(timeless(screen).slice(0, timeless(shown.text).length)).toBe(timeless(shown.text));
      }
      expect(session.ran.filter((command) => command.startsWith('npx speechops')).length).toBeGreaterThan(15);
    } finally {
      await session.end();
    }
  });

  it('is got, and shows itself, in README as in docs/getting-started.md', async () => {
    const [readme, page] = await Promise.all(
      ['README.md', 'docs/getting-started.md'].map(async (name) =>
        blocksOf(await readFile(path.join(root, name), 'utf8')),
      ),
    );
    const short = readme?.filter(({ section }) => section === 'In a repository of your own') ?? [];
    const told = (blocks: readonly PageBlock[] = []): readonly string[] =>
      blocks.flatMap((block) => (block.language === 'sh' ? commandsOf(block) : [block.text]));
    expect(short.length).toBeGreaterThan(2);
    expect(told(page)).toEqual(expect.arrayContaining([...told(short)]));
  });

  it(
    'says what to install before it makes stacks, and makes them when that is there',
    { timeout: 300_000 },
    async () => {
      await cp(path.join(root, 'examples/hospital-ward/environment.yaml'), path.join(folder, 'environment.yaml'));
      const refused = await call('speechops-stacks');
      expect(refused).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/npm install --save-dev .*"cdktf@\^0\.21\.0"/),
      });
      expect(refused.stderr).not.toContain('    at ');
      const linted = await speechops('lint', 'environment.yaml');
      expect(linted).toMatchObject({
        code: 0,
        stderr: expect.stringContaining('is not checked in environment.yaml: that'),
      });
      await linkPeers();
      expect(await speechops('lint', 'environment.yaml')).toMatchObject({
        code: 0,
        stderr: '1 file: 0 errors, 0 warnings\n',
      });
      expect(await call('speechops-stacks')).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^Wrote cdktf\.out/),
        stderr: '',
      });
      const names = await readdir(path.join(folder, 'cdktf.out', 'stacks', 'dev'), { recursive: true });
      expect(names).toEqual(expect.arrayContaining(['cdk.tf.json', '.terraform.lock.hcl']));
      expect(names).toContainEqual(expect.stringMatching(/linux_amd64\/terraform-provider-customspeech_v[\d.]+\.cjs$/));
    },
  );

  it('has the doors that docs/library.md shows, with types', { timeout: 300_000 }, async () => {
    await linkPeers();
    const page = await readFile(path.join(root, 'docs', 'library.md'), 'utf8');
    const examples = [...page.matchAll(/```ts\n([\s\S]*?)```\s+```text\n([\s\S]*?)```/g)];
    const { exports } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
      readonly exports: object;
    };
    const doors = Object.keys(exports).filter((door) => !/\*|json$/.test(door));
    expect(examples).toHaveLength(doors.length);
    const names = examples.map((_, index) => `example-${index}.mts`);
    for (const [index, [, code = '']] of examples.entries())
      await writeFile(path.join(folder, names[index] ?? ''), code);
    const settings = '--module nodenext --target es2024 --strict --types node --outDir compiled'.split(' ');
    const types = ['--typeRoots', path.join(root, 'node_modules', '@types')];
    const compiler = path.join(root, 'node_modules', '.bin', 'tsc');
    const faults = await run(compiler, [...settings, ...types, ...names], { cwd: folder }).then(
      () => '',
      ({ stdout }: { readonly stdout: string }) => stdout,
    );
    expect(faults).toBe('');
    for (const [index, [, , printed]] of examples.entries()) {
      const { stdout } = await run(process.execPath, [`compiled/example-${index}.mjs`], { cwd: folder });
      expect(stdout.trimEnd()).toBe(printed?.trimEnd());
    }
  });

  it("fetches CDKTF's command line by the lock file that it ships", async () => {
    const tools = path.join(folder, 'tools');
    await mkdir(tools);
    const cli = 'node_modules/cdktf-cli/bundle/bin';
    await writeFile(
      path.join(tools, 'npm'),
      `#!/bin/sh\ngrep -q '"node_modules/cdktf-cli"' package-lock.json && mkdir -p ${cli} && echo 'console.log(...process.argv.slice(2))' >${cli}/cdktf\n`,
      { mode: 0o755 },
    );
    const env = { PATH: `${tools}:${process.env['PATH']}`, XDG_CACHE_HOME: tools, SPEECHOPS_CDKTF: '' };
    const { code, stdout, stderr } = await call('speechops-stacks', ['cdktf', '--version'], env);
    expect([code, stdout], stderr).toEqual([0, '--version\n']);
    const lost = await call('speechops-stacks', ['cdktf', 'deploy', 'dev'], env);
    expect(lost).toMatchObject({ code: 2, stderr: expect.stringContaining('"sendCrashReports": "false"') });
    expect(await call('speechops-stacks', ['deploy'])).toMatchObject({ code: 2 });
  });

  it(
    'serves the page of the portal, which was built into it, and starts runs from there',
    { timeout: 300_000 },
    async () => {
      const pipeline =
        'name: text\nlocale: en-US\nsteps:\n  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }\n';
      await writeFile(path.join(folder, 'text.yaml'), pipeline);
      await writeFile(path.join(folder, 'text.txt'), 'the ward is full\n');
      const ran = await speechops('run', 'text.yaml', '--emulator', '--run-id', 'first');
      expect(ran.code, ran.stderr).toBe(0);
      const program = path.join(folder, 'node_modules', '.bin', 'speechops');
      const portal = spawn(program, ['portal', '--emulator', '--port', '0'], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      try {
        const [printed] = (await once(portal.stdout, 'data')) as [Buffer];
        const [address = '', token = ''] = printed.toString().trim().split('#');
        const page = await (await fetch(address)).text();
        const [, script = ''] = /src="([^"]+)"/.exec(page) ?? [];
        expect((await fetch(new URL(script, address))).status).toBe(200);
        const headers = { authorization: `Bearer ${token}` };
        expect(await (await fetch(new URL('api/overview', address), { headers })).json()).toMatchObject({
          resources: [{ endpoint: 'embedded-emulator' }],
        });
        const again = await fetch(new URL('api/runs/first/continue', address), {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json', origin: new URL(address).origin },
          body: JSON.stringify({ from: 'text' }),
        });
        const { runId, said } = (await again.json()) as Readonly<Record<string, string>>;
        expect(again.status, said).toBe(200);
        await until(async () => {
          const shown = await fetch(new URL(`api/runs/${runId}`, address), { headers });
          return ((await shown.json()) as { readonly state?: string }).state === 'succeeded';
        });
      } finally {
        portal.kill();
        await once(portal, 'exit');
      }
    },
  );

  it('has pages whose links lead to what it ships', async () => {
    const packed = path.join(folder, 'node_modules', 'speechops');
    const names = new Set(await readdir(packed, { recursive: true }));
    const pages = [...names].filter((name) => name.endsWith('.md') && !/node_modules|^dist\//.test(name));
    const links = await Promise.all(
      pages.map(async (page) =>
        [...(await readFile(path.join(packed, page), 'utf8')).matchAll(/\]\(([^)\s#:]+)(?:#[^)\s]*)?\)/g)].map(
          ([, link = '']) => ({ page, target: path.join(path.dirname(page), link) }),
        ),
      ),
    );
    expect(links.flat().filter(({ page }) => page === 'README.md').length).toBeGreaterThan(20);
    expect(links.flat().filter(({ target }) => !names.has(target))).toEqual([]);
  });

  it('ships compiled files, licence and no sources or tests', async () => {
    const names = await readdir(path.join(folder, 'node_modules', 'speechops'), { recursive: true });
    expect(names).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'dist/workflows/cli/speechops.js']));
    expect(names).toContainEqual(
      expect.stringMatching(/^dist\/provider\/terraform-provider-customspeech_v[\d.]+\.cjs$/),
    );
    expect(names.filter((name) => !name.startsWith('node_modules') && /(?<!\.d)\.ts$|\.test\./.test(name))).toEqual([]);
  });
});
