import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { EvaluationList, Measured } from '../../portal/api/testing.ts';
import type { ResultsSet } from '../../schemas/types.gen.ts';
import { startSpeechops, type SpeechopsProcess } from '../crash/speechops-process.ts';
import { startTestPortal } from '../portal/start-test-portal.ts';
import { callProgram } from '../workflows/cli/call-program.ts';
import { startBrowser, withoutBrowser } from './open-page.ts';
import { builtApp, openPortal } from './open-portal.ts';
import { otherOrigin, triesOf } from './other-origin.ts';
import { startPortalProcess } from './portal-process.ts';
import { seriousFaults } from './serious-faults.ts';

if (withoutBrowser !== undefined) console.log(withoutBrowser);

const example = path.join(import.meta.dirname, '../../examples/call-center');
const patience = 120_000;

/** A repository of the example, whose pipeline asks before it swaps; with the endpoint, and a run that waits for the answer. */
async function waitingRepository(): Promise<{ readonly folder: string; readonly run: SpeechopsProcess }> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'speechops-story-')));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  await cp(example, folder, { recursive: true });
  const file = path.join(folder, 'pipeline.yaml');
  const asking = '  - { id: allowed, uses: approve, needs: [candidate], with: { message: May callers hear it? } }\n';
  const text = await readFile(file, 'utf8');
  const swap = '  - id: go-live\n    uses: swap\n';
  expect(text).toContain(swap);
  await writeFile(file, text.replace(swap, `${asking}${swap}    needs: [allowed]\n`));
  await writeFile(path.join(folder, '.gitignore'), '.speechops/\n');
  for (const args of [
    ['init', '--quiet'],
    ['config', 'user.name', 'Ada'],
    ['config', 'user.email', 'ada@example.com'],
    ['add', '--all'],
    ['-c', 'commit.gpgsign=false', 'commit', '--quiet', '--message', 'The example'],
  ])
    git(folder, args);
  const made = await callProgram(['run', 'create-endpoint.yaml', '--emulator'], { cwd: folder });
  expect([made.code, made.stderr]).toEqual([0, expect.stringContaining('a new endpoint')]);
  const run = startSpeechops(['run', 'pipeline.yaml', '--emulator', '--run-id', 'weekly'], { cwd: folder, env: {} });
  onTestFinished(async () => await run.kill());
  await run.said('waiting for approval: May callers hear it?');
  return { folder, run };
}

function git(folder: string, args: readonly string[]): string {
  return execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
}

async function showTab(page: Page, name: string): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Tabs' })
    .getByRole('link', { name: new RegExp(`^${name}\\b`) })
    .press('Enter');
}

describe.skipIf(withoutBrowser !== undefined)('a person at the portal', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
    await builtApp();
  });
  afterAll(async () => await browser?.close());

  it(
    'hears the worst call, corrects it, writes a wish down, lets the new model go live, and sees it served',
    { timeout: 4 * patience },
    async () => {
      const { folder, run } = await waitingRepository();
      const portal = await startPortalProcess(folder);
      const api = async <T>(at: string): Promise<T> => {
        const response = await fetch(`${portal.url}/api/resources/emulator/${at}`, {
          headers: { authorization: `Bearer ${portal.token}` },
        });
        return (await response.json()) as T;
      };
      const { page, said } = await openPortal(browser, portal, { path: '/emulator/testing' });
      page.setDefaultTimeout(patience);
      // What a page has written is gone when it is loaded again.
      await page.evaluate('window.isTheFirst = true');

      // The run that waits has lent the emulator, so that a person sees what was measured before the answer.
      const row = page.getByRole('row').filter({ hasText: 'candidate' });
      await row.waitFor();
      expect(await row.innerText()).toContain('7.9 %');
      await row.press('Enter');
      await page.locator('.utterance').first().waitFor();
      const { evaluations } = await api<EvaluationList>('evaluations');
      const evaluation = evaluations.find(({ name }) => name === 'candidate')?.id ?? '';
      const { utterances } = (await api<Measured>(`evaluations/${evaluation}`)).set as ResultsSet;
      const errors = ({ recognised }: ResultsSet['utterances'][number]): number =>
        recognised.operations.replaceAll('C', '').length;
      await page.keyboard.press('n');
      const current = page.locator('.utterance[aria-current]');
      await current.waitFor();
      const id = await current.locator('header a').innerText();
      const worst = utterances.find((one) => one.id === id);
      if (worst === undefined) throw new Error(`${id} is no utterance`);
      expect(errors(worst)).toBe(Math.max(...utterances.map(errors)));
      await page.keyboard.press(' ');
      const isHeard = async (): Promise<boolean> =>
        await page
          .locator('.player audio')
          .evaluate(
            (player: { readonly readyState: number; readonly currentTime: number }) =>
              player.readyState > 0 && player.currentTime > 0,
          );
      await expect.poll(isHeard, { timeout: patience }).toBe(true);

      await page.keyboard.press('e');
      await page.getByRole('textbox', { name: 'What is said in' }).waitFor();
      await page.keyboard.press('Control+A');
      await page.keyboard.type(worst.recognised.text);
      await page.keyboard.press('Enter');
      const corrections = page.locator('.corrections');
      await corrections.getByText('→').first().waitFor();
      const [, before = '', after = ''] =
        /([\d.]+) % → ([\d.]+) %/.exec(await corrections.locator('li').first().innerText()) ?? [];
      expect(before).toBe('7.9');
      expect(Number(after)).toBeLessThan(7.9);
      await corrections.getByRole('button', { name: 'Write into data/test/trans.txt' }).press('Enter');
      await corrections.getByText('1 line of data/test/trans.txt written').waitFor();
      expect(git(folder, ['diff', '--', 'data/test/trans.txt'])).toContain(`+${id}\t${worst.recognised.text}`);

      // What is wished of the endpoint becomes a file.
      await showTab(page, 'Deployment');
      const card = page.getByRole('article', { name: 'call-center' });
      await card.waitFor();
      expect(await card.innerText()).toMatch(/Serves\s+\d{8}.*base model/s);
      await card.getByRole('link', { name: 'call-center', exact: true }).press('Enter');
      const asCode = page.getByRole('region', { name: 'As code' });
      await asCode.getByLabel('Have it serve').selectOption({ index: 1 });
      const change = asCode.getByRole('region', { name: 'The change', exact: true });
      await change.getByRole('heading', { name: 'Have call-center serve retrain' }).waitFor();
      const shown = await change.locator('pre.diff').innerText();
      expect(shown).toContain('+    uses: swap');
      await change.getByRole('button', { name: 'Write into the working tree' }).press('Enter');
      await change.getByText('Written: swap-call-center.yaml').waitFor();
      git(folder, ['add', '--intent-to-add', 'swap-call-center.yaml']);
      const written = git(folder, ['diff', '--', 'swap-call-center.yaml']).split('\n');
      const lines = shown.split('\n').filter((line) => line.startsWith('+'));
      expect(lines.length).toBeGreaterThan(8);
      expect(written.filter((line) => /^\+(?!\+\+)/.test(line))).toEqual(lines);
      expect(await seriousFaults(page)).toEqual([]);

      // The answer comes from a telephone, and the other page follows the run.
      await showTab(page, 'Runs');
      await page.getByRole('row').filter({ hasText: 'weekly' }).press('Enter');
      await page.locator('[data-step="go-live"]').waitFor();
      const telephone = await openPortal(browser, portal, {
        path: '/emulator/runs',
        viewport: { width: 360, height: 740 },
        hasTouch: true,
        isMobile: true,
      });
      await approveOnTelephone(telephone.page);
      for (const each of [telephone.page, page])
        await each.locator('[data-step="go-live"].of-succeeded').waitFor({ timeout: patience });
      expect((await run.ended).code).toBe(0);
      await page.locator('.run-head').getByText('succeeded').waitFor();

      // The wish has come true, and its file says to delete it then.
      git(folder, ['rm', '--force', '--quiet', 'swap-call-center.yaml']);
      await showTab(page, 'Deployment');
      await card.getByText('proved: the model was heard').waitFor();
      expect(await card.innerText()).toMatch(/Serves\s+retrain.*run weekly.*Served before\s+\d{8}/s);
      await card.getByRole('link', { name: 'call-center', exact: true }).press('Enter');
      await asCode.getByRole('button', { name: /^Roll back to \d{8}/ }).press('Enter');
      await change.getByText('roll-back-call-center.yaml').first().waitFor();
      expect(await change.locator('pre.diff').innerText()).toMatch(/\+ +model: base\/\d{8}/);
      expect(await page.evaluate('window.isTheFirst')).toBe(true);
      expect([said, telephone.said]).toEqual([[], []]);

      const stranger = await openPortal(browser, { ...portal, token: '' }, { path: '/emulator/runs/weekly' });
      await stranger.page.getByText('Open the address that speechops portal has printed').waitFor();
      expect(await stranger.page.locator('body').innerText()).not.toContain('call-center');
    },
  );

  async function approveOnTelephone(page: Page): Promise<void> {
    page.setDefaultTimeout(patience);
    await page.getByRole('row').filter({ hasText: 'call-center-en-us' }).tap();
    const panel = page.locator('.approval');
    await panel.waitFor();
    expect(await panel.innerText()).toMatch(/May callers hear it\?.*7\.9 %.*go-live/s);
    await panel.getByRole('textbox', { name: 'Comment' }).tap();
    await page.keyboard.type('heard the worst call');
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(360);
    expect(await seriousFaults(page)).toEqual([]);
    await panel.getByRole('button', { name: 'Approve' }).tap();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('heard the worst call').waitFor();
    await dialog.getByRole('button', { name: 'Approve' }).tap();
    await page.getByText('Ada approved allowed.').waitFor();
  }

  it('is alone with it: a page of another origin reads nothing of it by any means', async () => {
    const portal = await startTestPortal({ appFolder: await builtApp() });
    const context = await browser.newContext();
    onTestFinished(async () => await context.close());
    // The browser has the token, as after a person's visit.
    const own = await context.newPage();
    await own.goto(`${portal.url}/#${portal.token}`);
    const page = await context.newPage();
    await page.goto(await otherOrigin());
    // Of its own origin it gets something, so that the attempts are no empty ones.
    const ofItself = await page.evaluate<Record<string, string>>(triesOf(page.url(), { token: portal.token }));
    expect(Object.keys(ofItself).filter((name) => ofItself[name] !== 'nothing')).toEqual([
      'fetch',
      'fetchWithToken',
      'fetchWithoutAnswer',
      'send',
      'script',
      'style',
      'frame',
    ]);
    const script = /src="([^"]+\.js)"/.exec(await (await fetch(portal.url)).text())?.[1] ?? '';
    expect(script).not.toBe('');
    for (const at of ['/', '/api/overview', '/api/events', script]) {
      const got = await page.evaluate<Record<string, string>>(triesOf(`${portal.url}${at}`, { token: portal.token }));
      expect({ at, got: [...new Set(Object.values(got))] }).toEqual({ at, got: ['nothing'] });
      const frame = page.frames().at(-1);
      expect(await frame?.locator('body').innerText()).not.toMatch(/SpeechOps|program/);
    }
    const opened = await page.evaluate<string>(`(async () => {
      const other = window.open(${JSON.stringify(`${portal.url}/`)});
      await new Promise((resolve) => setTimeout(resolve, 1000));
      try {
        return other.document.documentElement.outerHTML;
      } catch {
        return 'nothing';
      }
    })()`);
    expect(opened).not.toContain('SpeechOps');
  });
});
