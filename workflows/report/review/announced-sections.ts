import type { SavedPipeline } from '../../../schemas/types.gen.ts';
import { policySentence, stopsPlan } from '../../review/judge-plan.ts';
import { costSentence, costTable } from '../cost-text.ts';
import { dataChangeItems } from '../data-changes-text.ts';
import { deadText } from '../dead-text.ts';
import type { Section } from './sections.ts';
import { beginningOf } from '../../document/beginning-of.ts';

/** What rules say, those first that stop a plan. */
export function policyText(pipelines: readonly SavedPipeline[]): string {
  const policies = pipelines
    .flatMap((one) => one.policies ?? [])
    .toSorted((one, other) => Number(stopsPlan(other)) - Number(stopsPlan(one)));
  const lines = policies.slice(0, mostPolicies).map((one) => `- ${policySentence(one, { quoted })}.`);
  const more = policies.length - lines.length;
  const rest = more > 0 ? [`- and ${more} more`] : [];
  return policies.length === 0 ? '' : `#### Policies\n\n${[...lines, ...rest].join('\n')}`;
}

/** What the changes of data are, and what a run would cost. */
export function announcedSections(pipelines: readonly SavedPipeline[]): readonly Section[] {
  const changes = pipelines.flatMap(({ data }) => dataChangeItems(data));
  return [
    {
      name: 'changes of data',
      importance: 70,
      rows: changes.length,
      render: (rows) => (rows === 0 ? '' : `#### Data\n\n${changes.slice(0, rows).join('\n')}`),
    },
    ...pipelines.flatMap(costSection),
  ];
}

function costSection(pipeline: SavedPipeline): readonly Section[] {
  const { cost } = pipeline;
  const sentence = costSentence(pipeline, { quoted });
  if (cost === undefined || sentence === undefined) return [];
  return [
    {
      name: 'costs',
      importance: 60,
      rows: cost.items.length,
      render: (rows) => {
        const shown = { ...cost, items: cost.items.slice(0, rows) };
        return rows === 0 ? '' : `#### Cost\n\n${sentence}.\n\n${costTable(shown)}`;
      },
    },
  ];
}

function quoted(text: string): string {
  return deadText(text.length > longest ? `${beginningOf(text, longest)}…` : text);
}

const longest = 300;
const mostPolicies = 20;
