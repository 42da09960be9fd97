import { h } from 'preact';
import type { View } from '../../../../workflows/report/html/views/markup.ts';
import '../../style/data.css';
import type { TabProps } from '../../tab.ts';
import { DatasetPage } from './dataset-page.ts';
import { DatasetsPage } from './datasets-page.ts';

/** Datasets: all of them, or one with its content, its words, and what it shares with training data. */
export function DataTab({ resource, rest }: TabProps): View {
  const [id = '', view = 'content'] = rest.split('/');
  return id === ''
    ? h(DatasetsPage, { resource: resource.id })
    : h(DatasetPage, { key: id, resource: resource.id, id, view });
}
