import { existsSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PricesDocument } from '../../schemas/types.gen.ts';
import { isInside } from '../../workflows/data/data-roots.ts';
import type { Bill } from '../../workflows/plan/step-plan.ts';
import { costOf } from '../../workflows/review/cost.ts';
import { readPrices } from '../../workflows/review/prices.ts';
import type { Cost } from '../api/lives.ts';
import type { RepositorySource } from './sources.ts';

/**
 * The prices of the repository: its own `prices.yaml`, else the first beside a pipeline. Undefined where there is none, or it has faults, which
 * `speechops plan` tells.
 */
export async function pricesHere({ root, pipelines }: RepositorySource): Promise<PricesDocument | undefined> {
  const folders = [root, ...(await pipelines().catch(() => [])).map(({ folder }) => folder)];
  const file = [...new Set(folders)].map((folder) => path.join(folder, 'prices.yaml')).find((one) => existsSync(one));
  // A link must not show what is outside of the repository.
  if (file === undefined || !isInside(realpathSync(file), [realpathSync(root)])) return undefined;
  return readPrices(await readFile(file, 'utf8').catch(() => ''), { path: 'prices.yaml' }).prices;
}

/** What these bills come to on a resource; undefined without prices or bills. */
export function costOfBills(
  bills: readonly Bill[],
  { prices, resource }: { readonly prices: PricesDocument | undefined; readonly resource: string },
): Cost | undefined {
  if (prices === undefined || bills.length === 0) return undefined;
  const step = {
    id: '',
    name: '',
    uses: '',
    resource,
    action: 'create',
    summary: '',
    effects: [],
    outputs: {},
  } as const;
  const { currency, prices: of, items } = costOf({ steps: [{ ...step, bills }] }, prices);
  return { currency, ...of, items: [...items] };
}
