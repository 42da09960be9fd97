import { useLocation } from 'preact-iso';
import type { VNode } from 'preact';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import { choiceView } from '../../../../workflows/report/html/views/toolbar-view.ts';
import type { Measured } from '../../../api/testing.ts';

/** Which models are A and B, which further ones stand beside them, and what the test set is cut by. All of it stands in the address. */
export function ModelChoice({ measured }: { readonly measured: Measured }): VNode | View {
  const { models, candidates, cuts, cut = '' } = measured;
  const { path, query, route } = useLocation();
  const go = (changed: Readonly<Record<string, string>>): void => {
    const parts = new URLSearchParams({ ...query, ...changed });
    for (const [name, value] of Array.from(parts)) if (value === '') parts.delete(name);
    route(`${path}${parts.size === 0 ? '' : `?${parts}`}${location.hash}`);
  };
  const [a, b] = models;
  if (a === undefined) return null;
  const options = models.map(({ id, name }) => [id, shownText(name)] as const);
  const further = (query['with'] ?? '').split(',').filter((id) => id !== '');
  return markup`<form class="toolbar models" onSubmit=${(event: Event) => event.preventDefault()}>
    ${
      b === undefined
        ? null
        : markup`${choiceView({ label: 'A', chosen: a.id, options, choose: (id) => go({ a: id, b: id === b.id ? a.id : b.id }) })}
          ${choiceView({ label: 'B', chosen: b.id, options, choose: (id) => go({ a: id === a.id ? b.id : a.id, b: id }) })}
          <button type="button" onClick=${() => go({ a: b.id, b: a.id })}>Swap A and B</button>`
    }
    ${
      candidates.length === 0
        ? null
        : choiceView({
            label: 'Beside them',
            chosen: '',
            options: [
              ['', 'add a model'],
              ...candidates.map(
                ({ id, models: added }) => [id, added.map(({ name }) => shownText(name)).join(' and ')] as const,
              ),
            ],
            choose: (id) => id !== '' && go({ with: [...further, id].join(',') }),
          })
    }
    ${
      cuts.length < 2
        ? null
        : choiceView({
            label: 'Parts by',
            chosen: cut,
            options: cuts.map((by) => [by, shownText(by)] as const),
            choose: (by) => go({ by }),
          })
    }
    ${further.length === 0 ? null : markup`<button type="button" onClick=${() => go({ with: '', a: '', b: '' })}>Only those of this evaluation</button>`}
  </form>`;
}
