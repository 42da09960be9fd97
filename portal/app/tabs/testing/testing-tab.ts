import { h, type VNode } from 'preact';
import type { View } from '../../../../workflows/report/html/views/markup.ts';
import '../../style/testing.css';
import type { TabProps } from '../../tab.ts';
import { EvaluationsList } from './evaluations-list.ts';
import { MeasuredPage } from './measured-page.ts';

/** Evaluations, and what models recognised in each. */
export function TestingTab({ overview, resource, rest }: TabProps): VNode | View {
  return rest === ''
    ? h(EvaluationsList, { resource: resource.id })
    : h(MeasuredPage, {
        key: rest,
        resource: resource.id,
        evaluation: decodeURIComponent(rest),
        readOnly: overview.readOnly,
      });
}
