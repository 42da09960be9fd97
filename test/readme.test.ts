import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../workflows/language/load-pipeline.ts';
import { callMain } from './workflows/cli/call-main.ts';

const root = path.join(import.meta.dirname, '..');
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
const example = path.join(root, 'examples', 'call-center');

function load(text: string): ReturnType<typeof loadPipeline> {
  return loadPipeline(text, {
    path: 'pipeline.yaml',
    fileKind: (name) => (statSync(path.join(example, name)).isDirectory() ? 'folder' : 'file'),
  });
}

describe('README', () => {
  it('shows the pipeline of the call-center example', () => {
    const [, shown = ''] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];
    const { pipeline, diagnostics } = load(shown);
    expect(diagnostics).toEqual([]);
    expect(pipeline?.steps).toEqual(load(readFileSync(path.join(example, 'pipeline.yaml'), 'utf8')).pipeline?.steps);
  });

  it('leads to a page that lists exactly the commands that there are', async () => {
    expect(readme).toContain('](docs/commands.md)');
    const { stdout } = await callMain(['--help'], { cwd: root });
    const page = readFileSync(path.join(root, 'docs/commands.md'), 'utf8');
    const listed = [...page.matchAll(/^\| `speechops ([a-z]+)/gm)].map((match) => match[1]);
    // A command of several has a row for each.
    const names = [...new Set(listed)];
    const known = [...stdout.matchAll(/^ {2}([a-z]+)(?: \[options\])? /gm)].map((match) => match[1]);
    expect(names.toSorted()).toEqual(known.filter((name) => name !== 'help').toSorted());
  });

  it('links only to files that exist', () => {
    const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map((match) => match[1] ?? '');
    expect(links.filter((link) => statSync(path.join(root, link), { throwIfNoEntry: false }) === undefined)).toEqual(
      [],
    );
  });

  it.each(['lint', 'plan', 'run', 'score', 'emulator'])('has an example in the help of %s', async (command) => {
    const { code, stdout } = await callMain([command, '--help'], { cwd: root });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/example/i)]);
  });
});

describe('what is said about deploying', () => {
  const documents = ['README.md', 'docs/environment.md', 'examples/hospital-ward/README.md'];
  it.each(documents)('in %s is done with what an installation brings', (name) => {
    const text = readFileSync(path.join(root, name), 'utf8');
    const called = [...text.matchAll(/npx ([^`\n#]+)/g)].map((match) => match[1]?.trim() ?? '');
    expect(called).toContainEqual(expect.stringMatching(/^speechops-stacks cdktf deploy dev$/));
    expect(called.filter((command) => !/^speechops(?:-stacks)?(?: |$)/.test(command))).toEqual([]);
  });

  it.each(['.', 'examples/hospital-ward'])('is set up in %s without reports to others', (folder) => {
    const settings = JSON.parse(readFileSync(path.join(root, folder, 'cdktf.json'), 'utf8')) as object;
    expect(settings).toMatchObject({ sendCrashReports: 'false' });
    const [, app = ''] = /^node (.*)$/.exec((settings as { readonly app: string }).app) ?? [];
    expect(path.join(root, folder, app)).toBe(path.join(root, 'bin/speechops-stacks.js'));
  });
});
