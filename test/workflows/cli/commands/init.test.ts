import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadEnvironments } from '../../../../stacks/environment/load-environments.ts';
import { callMain, type Called } from '../call-main.ts';
import packageFile from '../../../../package.json' with { type: 'json' };

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-init-'));
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

async function call(...args: readonly string[]): Promise<Called> {
  return await callMain(args, { cwd: folder });
}

async function read(name: string): Promise<string> {
  return await readFile(path.join(folder, name), 'utf8');
}

describe('speechops init', () => {
  it('writes a project whose pipeline passes lint, and says what each file is for and what comes next', async () => {
    const { code, stdout, stderr } = await call('init', '--yes', '--name', 'ward', '--locale', 'en-GB');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`In ${folder}:\n  pipelines/ward.yaml    keeps the model behind the endpoint good\n`);
    expect(stdout).toContain('npm install\n  npx speechops run pipelines/ward.yaml --emulator\n');
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    expect(files.map((file) => path.relative(folder, path.join(file.parentPath, file.name))).toSorted()).toEqual(
      [
        '.gitignore',
        'data/README.md',
        'data/related-text.txt',
        ...Array.from({ length: 2 }, (_, index) => `data/smoke/sample-${index + 1}.wav`),
        'data/smoke/trans.txt',
        ...Array.from({ length: 12 }, (_, index) => `data/test/sample-${index + 1}.wav`),
        'data/test/trans.txt',
        'package.json',
        'pipelines/ward.yaml',
      ].toSorted(),
    );
    expect(await read('pipelines/ward.yaml')).toMatch(
      /^# yaml-language-server: \$schema=\.\.\/node_modules\/speechops\/schemas\/pipeline\.schema\.json\n[^]*\nname: ward\nlocale: en-GB\n/,
    );
    expect(JSON.parse(await read('package.json'))).toEqual({
      private: true,
      devDependencies: { node: '^24.0.0', speechops: `file:speechops-${packageFile.version}.tgz` },
    });
    expect(await call('lint', 'pipelines')).toMatchObject({ code: 0, stderr: expect.stringContaining('0 warnings') });
  });

  it('keeps everything that is there, and adds what is missing to .gitignore and package.json', async () => {
    await mkdir(path.join(folder, 'pipelines'));
    await writeFile(path.join(folder, 'pipelines', 'ward.yaml'), 'mine');
    await writeFile(path.join(folder, '.gitignore'), '/node_modules\n*.log');
    await writeFile(
      path.join(folder, 'package.json'),
      '{ "name": "mine", "dependencies": { "speechops": "file:elsewhere.tgz" } }',
    );
    await writeFile(path.join(folder, 'elsewhere'), 'precious');
    await mkdir(path.join(folder, 'data'));
    await symlink(path.join(folder, 'elsewhere'), path.join(folder, 'data', 'README.md'));
    const { stdout } = await call('init', '-y', '--name', 'ward');
    expect(stdout).toMatch(/pipelines\/ward\.yaml {2,}\(was there, and is kept\)/);
    expect(stdout).toMatch(/package\.json {2,}\(was there: what is missing was added\)/);
    expect([await read('pipelines/ward.yaml'), await read('elsewhere')]).toEqual(['mine', 'precious']);
    expect(await read('.gitignore')).toBe('/node_modules\n*.log\n.speechops/\ncdktf.out/\nterraform.*.tfstate*\n');
    expect(JSON.parse(await read('package.json'))).toEqual({
      name: 'mine',
      dependencies: { speechops: 'file:elsewhere.tgz' },
      devDependencies: { node: '^24.0.0' },
    });
    const again = await call('init', '-y', '--name', 'ward');
    expect(again.stdout).toMatch(/package\.json {2,}\(was there, and is kept\)/);
  });

  it('leaves a package.json alone that cannot be read', async () => {
    await writeFile(path.join(folder, 'package.json'), '{ "name": ');
    expect((await call('init', '-y')).code).toBe(0);
    expect(await read('package.json')).toBe('{ "name": ');
  });

  it('writes an environment that is one, where that is wanted', async () => {
    await call('init', '-y', '--name', 'ward', '--environment');
    const text = await read('environment.yaml');
    const { environments, findings } = loadEnvironments(text, { path: 'environment.yaml' });
    expect([findings.errors(), environments.map(({ name }) => name)]).toEqual([0, ['dev']]);
    expect(JSON.parse(await read('cdktf.json'))).toMatchObject({
      app: 'node node_modules/speechops/bin/speechops-stacks.js',
    });
  });

  it('asks what was not given, on a terminal', async () => {
    const asked: string[] = [];
    const answers = ['', 'de-DE', 'yes', 'GitLab'];
    const { code } = await callMain(['init', 'Ward Süd'], {
      cwd: folder,
      ask: async (question) => {
        asked.push(question);
        return answers[asked.length - 1] ?? '';
      },
    });
    expect([code, asked]).toEqual([
      0,
      [
        'Name of the pipeline and its endpoint (ward-sud) ',
        'Locale of what is said (en-US) ',
        'Are the resources in Azure to be code here, too? y/n (n) ',
        'Workflows for a CI? github, gitlab, azure-pipelines or none (none) ',
      ],
    ]);
    expect(await read('Ward Süd/pipelines/ward-sud.yaml')).toContain('locale: de-DE');
    expect(await read('Ward Süd/environment.yaml')).toContain('name: ward-sud');
    const jobs = await read('Ward Süd/.gitlab-ci.yml');
    expect(jobs).toContain('speechops plan pipelines/ward-sud.yaml --out plan.json');
    expect(jobs).toContain('speechops drift pipelines/*.yaml environment.yaml --issue');
  });

  it.each([
    ['github', ['plan', 'run', 'watch'].map((job) => `.github/workflows/speechops-${job}.yaml`)],
    ['gitlab', ['.gitlab-ci.yml']],
    ['azure-pipelines', ['azure-pipelines.yml']],
  ])(
    'writes the workflows of %s for its pipeline, keeps those that are there, and says what they need',
    async (ci, names) => {
      const { code, stdout } = await call('init', '-y', '--name', 'ward', '--ci', ci);
      expect(code).toBe(0);
      expect(stdout).toContain('node_modules/speechops/examples/ci/README.md');
      const written = await Promise.all(names.map(read));
      expect(written.join('')).toContain('pipelines/ward.yaml');
      expect(written.join('')).not.toMatch(/calls\.yaml|environment\.yaml/);
      for (const name of names) {
        expect(stdout).toContain(`  ${name}  `);
        await writeFile(path.join(folder, name), 'mine');
      }
      await call('init', '-y', '--name', 'ward', '--ci', ci);
      expect(await Promise.all(names.map(read))).toEqual(names.map(() => 'mine'));
    },
  );

  it('writes no workflows that nobody wants', async () => {
    const asked: string[] = [];
    const ask = async (question: string): Promise<string> => {
      asked.push(question);
      return asked.length === 4 ? 'none' : '';
    };
    await callMain(['init'], { cwd: folder, ask });
    expect((await readdir(folder)).toSorted()).toEqual(['.gitignore', 'data', 'package.json', 'pipelines']);
    const answers = ['ward', 'en-US', 'n', 'jenkins'];
    const wrong = await callMain(['init'], { cwd: folder, ask: async () => answers.shift() ?? '' });
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Allowed are github, gitlab, azure-pipelines and none'),
    });
  });

  // No user can make a folder there, and root cannot either.
  it.runIf(process.platform === 'linux')('says what to do where it may not write', async () => {
    expect(await call('init', '-y', '/sys/ward')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(
        /^error: Make \/sys writable, or choose another folder: the project cannot be written there \((EACCES|EPERM|EROFS)\)\n$/,
      ),
    });
  });

  it.each([
    [['init'], 'Add --yes, or call it on a terminal'],
    [['init', '-y', '--name', 'Ward!'], 'Allowed are lower-case letters, digits and hyphens'],
    [['init', '-y', '--ci', 'jenkins'], 'Allowed choices are github, gitlab, azure-pipelines'],
    [['init', '-y', '--locale', 'english'], 'Allowed is a locale such as en-US'],
    [['init', '-y', 'file'], /Move \S+\/file away, or choose another folder: it is a file/],
    [['init', '-y', 'file/calls'], /Move \S+\/file away, or choose another folder: it is a file/],
  ])('explains wrong use: %j', async (args, message) => {
    await writeFile(path.join(folder, 'file'), '');
    const { code, stderr } = await call(...args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(await readdir(folder)).toEqual(['file']);
  });
});
