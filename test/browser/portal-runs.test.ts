import { setTimeout as sleep } from 'node:timers/promises';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunDetails } from '../../workflows/durable/journal.ts';
import { written } from '../workflows/engine/run-plan.ts';
import { askingRun, fakeRuns, hostile } from '../portal/sample-run.ts';
import { startTestPortal, type TestPortal } from '../portal/start-test-portal.ts';
import { startBrowser, withoutBrowser } from './open-page.ts';
import { builtApp, openPortal } from './open-portal.ts';

if (withoutBrowser !== undefined) console.log(withoutBrowser);

/** A Speech resource that has nothing: runs belong to none. */
const resource = {
  id: 'west',
  name: 'west',
  endpoint: 'https://west',
  borrow: async () => {
    throw new Error('It is not asked');
  },
};

/** A matrix of twelve, four steps each. */
function manySteps(): RunDetails {
  const words = Array.from({ length: 12 }, (_, index) => `w${index}`);
  const step = (id: string, rest: string): string =>
    `  - { id: ${id}, uses: approve, with: { message: "${id} of \${{ matrix.word }}?" }${rest} }`;
  const plan = written(
    [
      'locale: en-US',
      `strategy: { matrix: { word: [${words.join(', ')}] } }`,
      'steps:',
      step('a', ''),
      step('b', ', needs: [a]'),
      step('c', ', needs: [b]'),
      step('d', ', needs: [c]'),
      '',
    ].join('\n'),
  );
  return askingRun({ runId: 'many', plan, steps: {} });
}

describe.skipIf(withoutBrowser !== undefined)('the Runs tab', () => {
  let browser: Browser;
  let appFolder: string;
  beforeAll(async () => {
    appFolder = await builtApp();
    browser = await startBrowser();
  });
  afterAll(async () => await browser?.close());

  async function start(
    runs: readonly RunDetails[],
    options: { readonly readOnly?: boolean } = {},
  ): Promise<{ readonly portal: TestPortal } & Pick<ReturnType<typeof fakeRuns>, 'done' | 'replace'>> {
    const { source, ...rest } = fakeRuns(runs);
    const portal = await startTestPortal({ ...options, appFolder, sources: { resources: [resource], runs: source } });
    return { portal, ...rest };
  }

  it('lists a thousand runs, filters them by what the address says, and opens one by the keyboard', async () => {
    const runs = Array.from({ length: 1000 }, (_, index) =>
      askingRun({ runId: `run-${index}`, pipeline: `p${index % 3}`, status: index % 2 === 0 ? 'failed' : 'succeeded' }),
    );
    const { portal } = await start(runs);
    const { page, said } = await openPortal(browser, portal, { path: '/west/runs' });
    await page.getByRole('table', { name: 'Runs' }).waitFor();
    expect(await page.locator('.toolbar output').innerText()).toBe('1000 runs');
    expect(await page.locator('.long-table .row').count()).toBeLessThan(60);
    await page.getByLabel('State').selectOption('failed');
    await page.getByLabel('Pipeline').selectOption('p1');
    expect(await page.locator('.toolbar output').innerText()).toBe('166 of 1000 runs');
    expect(new URL(page.url()).search).toBe('?state=failed&pipeline=p1');
    await page.locator('.long-table .row').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.locator('.long-table .row:focus').filter({ hasText: 'run-10' }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/west/runs/run-10');
    await page.getByRole('heading', { level: 1, name: 'p1' }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    expect(said).toEqual([]);
  });

  it('answers what a run asks by the keyboard, with what was found in view, and follows it', async () => {
    const { portal, done, replace } = await start([askingRun()]);
    const { page, said } = await openPortal(browser, portal, { path: '/west/runs/calls-1' });
    const panel = page.locator('.approval');
    await panel.waitFor();
    expect(await panel.innerText()).toContain('40 lines accepted, 2 rejected');
    await panel.getByRole('textbox', { name: 'Comment' }).focus();
    await page.keyboard.type('heard ten calls');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Approve ok as Ada?').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    expect(done).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByText('Approve ok as Ada?').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Ada approved ok.').waitFor();
    expect(done).toEqual([
      ['decide', 'calls-1', 'ok', expect.objectContaining({ approved: true, by: 'Ada', comment: 'heard ten calls' })],
    ]);
    const { steps } = askingRun();
    const approved = { status: 'succeeded', uses: 'approve', outputs: { approvedBy: 'Ada' } } as const;
    replace(askingRun({ steps: { ...steps, ok: approved } }));
    await page.locator('[data-step="model"].of-works').waitFor();
    expect(await panel.count()).toBe(0);
    expect(said).toEqual([]);
  });

  it('shows what has changed while the page was opened, however late it hears of changes', async () => {
    const { portal, replace } = await start([askingRun({ steps: {} })]);
    const { page } = await openPortal(browser, portal, {
      path: '/west/runs/calls-1',
      before: async (unopened) =>
        await unopened.route('**/api/events', async (route) => {
          await sleep(300);
          replace(askingRun());
          await sleep(300);
          await route.continue();
        }),
    });
    await page.locator('.approval').waitFor();
  });

  it('keeps all around the graph in its place while a run asks, is answered and goes on', async () => {
    const { steps } = askingRun();
    const { portal, replace } = await start([askingRun({ steps: {} })]);
    const { page } = await openPortal(browser, portal, { path: '/west/runs/calls-1' });
    await page.locator('[data-step="text"].of-works').waitFor();
    await page.evaluate(`{
      window.shifted = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.shifted += entry.value;
      }).observe({ type: 'layout-shift', buffered: false });
    }`);
    replace(askingRun());
    const panel = page.locator('.approval');
    await panel.waitFor();
    await page.locator('.run-head .state').getByText('asks').waitFor();
    // It is counted by an answer of its own.
    await page.getByRole('link', { name: /^Runs.*1$/ }).waitFor();
    await panel.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Approve ok as Ada? Without a comment.').waitFor();
    await page.keyboard.press('Enter');
    await panel.getByText('Approved: the run takes it up.').waitFor();
    expect(await panel.getByRole('button').count()).toBe(0);
    replace(askingRun({ abandoned: 'until-resumed' }));
    await page.getByText('resume it, and it goes on').waitFor();
    const approved = { status: 'succeeded', uses: 'approve', outputs: { approvedBy: 'Ada' } } as const;
    replace(askingRun({ steps: { ...steps, ok: approved } }));
    await page.locator('[data-step="model"].of-works').waitFor();
    replace(askingRun({ status: 'succeeded', finishedAt: '2026-01-02T04:04:05.000Z' }));
    await page.locator('.run-head .state').getByText('succeeded').waitFor();
    expect(await page.evaluate('window.shifted')).toBeLessThan(0.1);
  });

  it('cancels a run after asking once more, and says why a run could not be cancelled', async () => {
    const { portal, done, replace } = await start([askingRun()]);
    const { page } = await openPortal(browser, portal, { path: '/west/runs/calls-1' });
    const isKnown = Promise.withResolvers<void>();
    let isHeld = false;
    await page.route('**/api/runs/calls-1', async (route) => {
      const response = await route.fetch();
      if (isHeld) await isKnown.promise;
      await route.fulfill({ response });
    });
    await page.getByRole('button', { name: 'Cancel the run' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('End calls-1 where it stands?').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Cancelled calls-1').waitFor();
    expect(done).toEqual([['cancel', 'calls-1']]);
    // What is done twice to the same state of a run is done once: the page has heard of a later one.
    const { steps } = askingRun();
    const approved = { status: 'succeeded', uses: 'approve', outputs: { approvedBy: 'Ada' } } as const;
    replace(askingRun({ steps: { ...steps, ok: approved } }));
    await page.locator('[data-step="model"].of-works').waitFor();
    await page.getByRole('button', { name: 'Cancel the run' }).click();
    // The page does not know yet that the run has ended meanwhile, also by what it has asked before.
    isHeld = true;
    replace(askingRun({ status: 'succeeded' }));
    await page.locator('dialog[open] button[type=submit]').click();
    await page.locator('dialog[open] .bad').waitFor();
    expect(done).toHaveLength(1);
    // The button goes with the run.
    isKnown.resolve();
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    expect(await page.getByRole('button', { name: 'Cancel the run' }).count()).toBe(0);
  });

  it('shows 48 steps that the arrow keys go through, on a telephone, too', async () => {
    const { portal } = await start([manySteps()]);
    for (const width of [1280, 360]) {
      const { page, said } = await openPortal(browser, portal, {
        path: '/west/runs/many',
        viewport: { width, height: 800 },
        colorScheme: width === 360 ? 'dark' : 'light',
      });
      await page.locator('.step-graph').waitFor();
      expect(await page.locator('.step-graph a').count()).toBe(48);
      await page.locator('.step-graph a[tabindex="0"]').focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.waitForURL('**/many?step=b-w1');
      expect(await page.locator('.step h2').innerText()).toContain('b-w1');
      // Nothing but the graph scrolls sideways.
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      expect(await page.locator('.step-graph a').filter({ hasText: 'asks' }).count()).toBe(12);
      expect(await seriousFaults(page)).toEqual([]);
      expect(said).toEqual([]);
    }
  });

  it('shows what differs of long names, and the whole name where a step has the focus', async () => {
    const names = ['north', 'south'].map((ward) => `Measure all calls of the ward in the ${ward} of the house`);
    const steps = names.map(
      (name, index) => `  - { id: s${index}, name: ${name}, uses: approve, with: { message: Yes? } }`,
    );
    const plan = written(['locale: en-US', 'steps:', ...steps, ''].join('\n'));
    const { portal } = await start([askingRun({ runId: 'long', plan, steps: {} })]);
    const { page } = await openPortal(browser, portal, { path: '/west/runs/long' });
    const box = page.locator('[data-step="s0"]');
    await box.waitFor();
    const inView = async (): Promise<string> => await box.locator('.name').innerText();
    expect(await inView()).toContain('north');
    expect(await page.locator('[data-step="s1"] .cut').innerText()).toContain('south');
    await box.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    expect(await inView()).toBe(names[0]);
    expect(
      await box.locator('.whole').evaluate((one: { readonly offsetWidth: number }) => one.offsetWidth),
    ).toBeGreaterThan(100);
    expect(await box.getAttribute('title')).toBe(`${names[0]} (s0)`);
  });

  it('lets a name of somebody else do nothing but look odd', async () => {
    const { portal } = await start([askingRun({ error: hostile })]);
    const { page, said } = await openPortal(browser, portal, { path: '/west/runs/calls-1' });
    await page.locator('.approval').waitFor();
    const shown = hostile.replace('\u202E', String.raw`\u202E`);
    expect(await page.locator('h1').innerText()).toContain(shown);
    await page.locator('.lines').getByText(shown).first().waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    expect(said).toEqual([]);
  });

  it('has no buttons that change something where it is read-only, and says what there is to do', async () => {
    const { portal } = await start([askingRun()], { readOnly: true });
    const { page } = await openPortal(browser, portal, { path: '/west/runs/calls-1' });
    await page.locator('.approval').waitFor();
    expect(await page.locator('main').getByRole('button').allInnerTexts()).toEqual(['Pause']);
    const nothing = await start([]);
    const other = await openPortal(browser, nothing.portal, { path: '/west/runs' });
    await other.page.getByText('No runs here yet.').waitFor();
    const missing = await openPortal(browser, nothing.portal, { path: '/west/runs/none' });
    await missing.page.getByText('There is no run none here').waitFor();
  });
});

async function seriousFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
}
