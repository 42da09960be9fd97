import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunsSource } from '../portal/server/sources.ts';
import type { Portal } from '../portal/server/start-portal.ts';
import type { Ports } from '../workflows/engine/ports.ts';
import { fakeResource } from '../test/portal/fake-resource.ts';
import { startPortalOn } from '../test/portal/portal-on.ts';
import { askingRun, fakeRuns } from '../test/portal/sample-run.ts';
import { createFakeWorld } from '../test/workflows/steps/fake-world.ts';
import { unrepetitiveUtterances } from '../test/workflows/report/html/unrepetitive-utterances.ts';

/** How much a portal has to show. */
export interface PortalSizes {
  readonly datasets: number;
  readonly runs: number;
  readonly utterances: number;
}

/** A portal, and the same lists as plain tables on a server of their own. */
export interface PortalWorld {
  readonly portal: Portal;
  /** The address of a plain table is behind it, as {@link paths} has it. */
  readonly tables: string;
  /** Where each list is in the portal. */
  readonly paths: Readonly<Record<keyof PortalSizes, string>>;
  close(): Promise<void>;
}

/**
 * Starts both. Each time that run-0 is cancelled it goes on, and its pipeline is called `turn 0001`, `turn 0002` and so on: a change of the runs
 * that a page can be told of without waiting.
 */
export async function startPortalWorld(sizes: PortalSizes, appFolder: string): Promise<PortalWorld> {
  const { ports, evaluation, rows: utterances } = await measuredWorld(sizes);
  const runs = Array.from({ length: sizes.runs }, (_, index) =>
    askingRun({
      runId: `run-${index}`,
      pipeline: `pipeline ${index % 20}`,
      status: index === 0 ? 'running' : index % 2 === 0 ? 'failed' : 'succeeded',
    }),
  );
  const portal = await startPortalOn({
    appFolder,
    sources: { resources: [fakeResource(thatChange(ports), { id: 'west' })], runs: runsThatGoOn(runs) },
  });
  const tables: Readonly<Record<string, string>> = {
    datasets: plainTable(
      (await ports.speech.datasets.list()).map(({ displayName, locale, kind, self }) => [
        displayName,
        locale,
        kind,
        self,
      ]),
    ),
    runs: plainTable(
      runs.map(({ status, pipeline = '', runId, startedAt }) => [status, pipeline, runId, String(startedAt)]),
    ),
    utterances: plainTable(utterances),
  };
  const server = createServer((request, response) => {
    const table = tables[(request.url ?? '').slice(1)];
    response.writeHead(table === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(table);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    portal,
    tables: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    paths: { datasets: '/west/data', runs: '/west/runs', utterances: `/west/testing/${evaluation}` },
    async close() {
      server.closeAllConnections();
      server.close();
      await portal.close();
    },
  };
}

/** A Speech resource of datasets, one of which two models were measured on. */
async function measuredWorld({ datasets, utterances }: PortalSizes) {
  const world = createFakeWorld();
  const { speech } = world.ports;
  for (let number = 1; number < datasets; number += 1) {
    const { self } = await speech.datasets.create({
      displayName: `set ${number}`,
      locale: 'en-US',
      kind: number % 3 === 0 ? 'Acoustic' : 'Language',
    });
    await speech.datasets.wait(self);
  }
  const dataset = await speech.datasets.create({ displayName: 'calls', locale: 'en-US', kind: 'Acoustic' });
  await speech.datasets.wait(dataset.self);
  const models = [];
  for (const displayName of ['calls by words', 'calls by sentences']) {
    const model = await speech.models.create({ displayName, locale: 'en-US', datasets: [{ self: dataset.self }] });
    models.push((await speech.models.wait(model.self)).self);
  }
  const [model1 = '', model2 = ''] = models;
  const said = unrepetitiveUtterances({ utterances, words: 12, errors: 0.1 });
  world.transcript = said.map(({ id, reference }) => `${id}\t${reference}\n`).join('');
  world.texts[model1] = Object.fromEntries(said.map(({ id, recognised }) => [id, recognised.text]));
  world.texts[model2] = Object.fromEntries(said.map(({ id, against }) => [id, against?.text ?? '']));
  const { self } = await speech.evaluations.create({
    displayName: 'words against sentences',
    locale: 'en-US',
    dataset: { self: dataset.self },
    model1: { self: model1 },
    model2: { self: model2 },
  });
  await speech.evaluations.wait(self);
  const rows = said.map(({ id, reference, recognised, against }) => [
    id,
    reference,
    recognised.text,
    against?.text ?? '',
  ]);
  return { ports: world.ports, evaluation: self.split('/').at(-1) ?? '', rows };
}

/** Each reading of the objects finds that one of them has changed. */
function thatChange(ports: Ports): Ports {
  const { datasets } = ports.speech;
  let turn = 0;
  const list: typeof datasets.list = async (how) => {
    turn += 1;
    const [first, ...rest] = await datasets.list(how);
    return first === undefined ? [] : [{ ...first, description: `turn ${turn}` }, ...rest];
  };
  return { ...ports, speech: { ...ports.speech, datasets: { ...datasets, list } } };
}

function runsThatGoOn(runs: Parameters<typeof fakeRuns>[0]): RunsSource {
  const { source, replace } = fakeRuns(runs);
  let turn = 0;
  return {
    ...source,
    borrow: async (act) =>
      await source.borrow(
        async (access) =>
          await act({
            ...access,
            async cancel(runId) {
              turn += 1;
              replace(askingRun({ runId, pipeline: `turn ${String(turn).padStart(4, '0')}` }));
              return turn;
            },
          }),
      ),
  };
}

/** A page of one table, as quickly written as can be; what is searched for hides the rows that do not have it. */
function plainTable(rows: readonly (readonly string[])[]): string {
  const body = rows.map((cells) => `<tr>${cells.map((text) => `<td>${text}</td>`).join('')}</tr>`).join('\n');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Table</title>
<input type="search"> <output></output><table>${body}</table><script>
const rows = [...document.querySelectorAll('tr')].map((row) => ({ row, text: row.textContent.toLowerCase() }));
document.querySelector('input').addEventListener('input', ({ target: { value } }) => {
  const wanted = value.toLowerCase();
  let shown = 0;
  for (const { row, text } of rows) {
    row.hidden = !text.includes(wanted);
    if (!row.hidden) shown += 1;
  }
  document.querySelector('output').textContent = shown + ' of ' + rows.length;
});
</script></html>`;
}
