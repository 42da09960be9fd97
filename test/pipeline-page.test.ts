import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../emulator/start-emulator.ts';
import { stepSchemas } from '../schemas/index.ts';
import type { RunRecord } from '../workflows/engine/run-record.ts';
import { contextNames, functions } from '../workflows/expressions/expression-syntax.ts';
import { evaluate } from '../workflows/expressions/expressions.ts';
import { EvaluationSession } from '../workflows/expressions/evaluation-session.ts';
import { loadPipeline } from '../workflows/language/load-pipeline.ts';
import { callMain, type Called, type CallOptions } from './workflows/cli/call-main.ts';
import { type AnyHome, openAnyHome } from './workflows/cli/run-folder.ts';

const page = await readFile(path.join(import.meta.dirname, '../docs/pipeline.md'), 'utf8');

/** The text below a heading of the page, up to the next one of its level. */
function section(heading: string): string {
  const [, text = ''] = page.split(`\n## ${heading}\n`);
  return text.split('\n## ')[0] ?? '';
}

function blocks(text: string, language: string): readonly string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'gm'))].map(([, block = '']) => block);
}

function load(text: string): ReturnType<typeof loadPipeline> {
  return loadPipeline(text, { path: 'pipeline.yaml' });
}

/** A pipeline whose second step has this condition. */
function withCondition(condition: string): string {
  return [
    'name: p',
    'locale: en-US',
    'steps:',
    '  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }',
    `  - { id: model, uses: train, if: "${condition}", with: { datasets: ["\${{ steps.text.outputs.dataset }}"] } }`,
  ].join('\n');
}

describe('docs/pipeline.md', () => {
  it('has a section with a worked example for every step kind', () => {
    const examples = section('Step kinds')
      .split(/^### /m)
      .slice(1)
      .map((text) => [/^`(\w+)`/.exec(text)?.[1], /uses: (\w+)/.exec(blocks(text, 'yaml').join(''))?.[1]]);
    expect(examples).toEqual(Object.keys(stepSchemas).map((kind) => [kind, kind]));
  });

  it('tells every context, and what each function gives', () => {
    const told = [...section('Expressions').matchAll(/^\| `(\w+)\./gm)].map(([, name]) => name);
    expect(new Set(told)).toEqual(new Set(contextNames));
    const [, made = ''] = section('Expressions').split('| function | what it gives |');
    const described = [...(made.split('<!-- End -->')[0] ?? '').matchAll(/^\| `(\w+)\([^`]+\)` \| \S/gm)].map(
      ([, name]) => name,
    );
    expect(described).toEqual([...functions.values()].map(({ name }) => name));
  });

  it.each([
    ["'Anna' == 'anna'", true],
    ["'it''s' == 'it''s'", true],
    ['inputs.none || 30', 30],
    ['1 > 2 || 3 > 2 && 0xff == 255', true],
    ['!(-1 < 0)', false],
  ])('tells the truth about operators: %s', (expression, value) => {
    const contexts = { inputs: {}, steps: {}, env: {}, matrix: {}, run: {}, session: new EvaluationSession() };
    expect(evaluate(`\${{ ${expression} }}`, contexts)).toBe(value);
  });

  it('shows what its examples of expressions give', () => {
    const rows = [...section('Expressions').matchAll(/^\| `(.+?)`(?:, where .+)? \| `([^`]+)` \|$/gm)];
    expect(rows.length).toBeGreaterThan(5);
    const inputs = { region: 'westeurope' };
    const contexts = { inputs, steps: {}, env: {}, matrix: {}, run: {}, session: new EvaluationSession() };
    for (const [, expression = '', value] of rows)
      expect(String(evaluate(`\${{ ${expression.replaceAll('\\|', '|')} }}`, contexts)), expression).toBe(value);
  });

  it.each(['steps.text.outputs.accepted > 3', "${{ run.id != '' }}", "steps.text.outputs.digest != ''"])(
    'is right that a condition may be %s',
    (condition) => expect(load(withCondition(condition)).diagnostics).toEqual([]),
  );

  it.each([
    'always()',
    'success()',
    'failure()',
    'cancelled()',
    "hashFiles('a') == 'b'",
    "github.ref == 'main'",
    "secrets.key == ''",
    "vars.a == ''",
    "needs.text.result == 'x'",
    "job.status == 'x'",
    "runner.os == 'x'",
    "steps.text.outcome == 'success'",
    "steps.text.conclusion == 'success'",
    "steps.text.outputs.accepted == 'true'",
    "run.status == 'failed'",
  ])('is right that a condition of a step cannot be %s', (condition) => {
    expect(load(withCondition(condition)).diagnostics).toHaveLength(1);
  });

  it.each(['on: push', 'jobs: {}', 'runs-on: x', 'concurrency: { group: a }', 'outputs: {}', 'permissions: {}'])(
    'is right that a pipeline has no `%s`',
    (line) => expect(load(`${line}\n${withCondition('true')}`).diagnostics).toHaveLength(1),
  );

  it.each(['run: ls', 'timeout-minutes: 3', 'env: {}', 'shell: sh'])('is right that a step has no `%s`', (line) => {
    expect(load(withCondition('true').replace('uses: train,', `uses: train, ${line},`)).diagnostics).toHaveLength(1);
  });

  it('shows the ids that a matrix makes', () => {
    const [text = ''] = blocks(section('Ids in a matrix'), 'yaml');
    const { pipeline, diagnostics } = load(text);
    expect(diagnostics).toEqual([]);
    expect(blocks(section('Ids in a matrix'), 'text')).toEqual([pipeline?.steps.map(({ id }) => `${id}\n`).join('')]);
  });
});

describe('the worked examples of docs/pipeline.md', () => {
  let folder: string;
  let emulator: Emulator;
  let home: AnyHome;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'speechops-page-'));
    home = await openAnyHome(folder);
    expect(await callMain(['init', '--yes', '--name', 'ward'], { cwd: folder })).toMatchObject({ code: 0 });
    const audioDirectories = ['data/test', 'data/smoke'].map((name) => path.join(folder, name));
    emulator = await startEmulator({ speed: 3000, audioDirectories });
    await writeFile(path.join(folder, 'pipelines/worked.yaml'), blocks(section('Step kinds'), 'yaml').join(''));
  });
  afterAll(async () => {
    await emulator.close();
    await home.remove();
    await rm(folder, { recursive: true, force: true });
  });

  async function speechops(args: readonly string[], options: Partial<CallOptions> = {}): Promise<Called> {
    // A run that may send a mail wants its host.
    const mails = { SPEECHOPS_SMTP_URL: 'smtp://127.0.0.1:1', SPEECHOPS_MAIL_FROM: 'speech@contoso.example' };
    const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key, ...mails, ...home.env };
    return await callMain(args, { cwd: folder, env, ...options });
  }

  it('are one pipeline, which does what each of them says', async () => {
    expect((await speechops(['lint', 'pipelines'])).stderr).toContain('0 errors, 0 warnings');
    const asked = Promise.withResolvers<void>();
    const onError = (text: string): void => void (text.includes('waiting for approval') && asked.resolve());
    // What is copied within one resource is there already.
    const inputs = ['--input', `training=${emulator.url}`, '--input', `training-account=${emulator.resourceId}`];
    const args = ['run', 'pipelines/worked.yaml', ...inputs, '--run-id', 'worked', '--format', 'json'];
    const running = speechops(args, { onError });
    await Promise.race([asked.promise, running]);
    expect((await speechops(['approve', 'worked', 'answer', '--by', 'ann'])).stderr).toContain('ann approved answer');
    const { code, stdout, stderr } = await running;
    expect(code, stderr).toBe(0);
    const { steps } = JSON.parse(stdout) as RunRecord;
    const others = Object.entries(steps).filter(([, { status }]) => status !== 'succeeded');
    expect(Object.fromEntries(others.map(([id, { status, reason }]) => [id, [status, reason]]))).toEqual({
      copied: ['reused', undefined],
      tell: ['skipped', expect.stringContaining('its condition is not met')],
      tidy: ['reused', undefined],
    });
    expect(steps).toMatchObject({
      candidate: { outputs: { better: true } },
      answer: { outputs: { approvedBy: 'ann' } },
      'go-live': { outputs: { rolledBack: false } },
    });
  });
});
