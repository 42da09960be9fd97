import { h } from 'preact';
import { useLocation } from 'preact-iso';
import { useEffect, useRef, useState } from 'preact/hooks';
import { markup, type View } from '../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../workflows/report/html/views/shown-text.ts';
import type {
  AsCode as AsCodeAnswer,
  ObjectKind,
  ProposedWish,
  Wish,
  WishedChange,
  WrittenWish,
} from '../../api/as-code.ts';
import { send } from '../ask.ts';
import { useAnswer } from '../use-answer.ts';
import { CopyButton } from './copy-button.ts';
import { problemView, waitingView } from './said.ts';
import '../style/as-code.css';

interface Props {
  /** The id of the Speech resource. */
  readonly resource: string;
  readonly kind: ObjectKind;
  readonly id: string;
}

/** Where the files of the repository say something of an object, and what is wished of it as a change of a file. */
export function AsCode({ resource, kind, id }: Props): View {
  const place = `resources/${encodeURIComponent(resource)}`;
  const { value, problem, again } = useAnswer<AsCodeAnswer>(`${place}/as-code/${kind}/${encodeURIComponent(id)}`, [
    'repository',
    'objects',
  ]);
  const [wish, setWish] = useState<Wish>();
  const section = useRef<HTMLElement>(null);
  const { wish: asked = '' } = useLocation().query;
  const linked = value?.wishes.find(({ choices }) => choices.some((choice) => choice.wish.kind === asked));
  // A link to a wish leads to its change, or to where the rest of it is chosen.
  useEffect(() => {
    const [first] = linked?.choices ?? [];
    if (first === undefined) return;
    if (first.name === '') setWish(first.wish);
    requestAnimationFrame(() => {
      section.current?.scrollIntoView({ block: 'start' });
      const target = first.name === '' ? '.wish' : `select[name="${CSS.escape(asked)}"]`;
      section.current?.querySelector<HTMLElement>(target)?.focus({ preventScroll: true });
    });
  }, [asked, linked?.label]);
  return h(
    'section',
    { class: 'as-code', 'aria-label': 'As code', ref: section },
    markup`<h3>As code</h3>
      ${
        value === undefined
          ? problem === undefined
            ? waitingView('Looking for it in the repository')
            : problemView(problem, { again })
          : declarationsView(value, kind)
      }
      ${
        value === undefined || value.wishes.length === 0
          ? null
          : markup`<div class="wishes" role="group" aria-label="Change it">
              ${value.wishes.map((offered) => offeredView(offered, { chosen: wish, choose: setWish }))}
            </div>`
      }
      ${wish === undefined || value === undefined ? null : h(WishView, { key: JSON.stringify(wish), place, wish, readOnly: value.readOnly, close: () => setWish(undefined) })}`,
  );
}

function declarationsView({ declarations, suggestion }: AsCodeAnswer, kind: ObjectKind): View {
  return markup`
    ${declarations.map(
      ({ file, step, role, from, to, text }) => markup`<details key=${`${file} ${step}`} open=${role === 'makes'}>
        <summary>
          <code>${shownText(file)}</code>, ${from === to ? `line ${from}` : `lines ${from} to ${to}`}: step <code>${shownText(step)}</code>
          ${role === 'makes' ? ' makes it' : ' uses it'}
        </summary>
        ${codeView(text, `${step} in ${file}`)}
      </details>`,
    )}
    ${
      suggestion === undefined
        ? null
        : markup`<p>${kind === 'base-model' ? 'The service makes it. A step that trains on it:' : 'No file of the repository makes it. A step that would:'}</p>
            ${codeView(suggestion, kind === 'base-model' ? 'a step that trains on it' : 'a step that would make it')}`
    }
    ${declarations.length === 0 && suggestion === undefined ? markup`<p>No file of the repository says anything of it.</p>` : null}`;
}

function codeView(text: string, what: string): View {
  return markup`<div class="code">
    <pre tabindex="0" role="region" aria-label=${shownText(what)}>${linesOf(text)}</pre>
    ${h(CopyButton, { text, what: shownText(what) })}
  </div>`;
}

function offeredView(
  { label, choices, whyNot }: AsCodeAnswer['wishes'][number],
  { chosen, choose }: { readonly chosen: Wish | undefined; readonly choose: (wish: Wish | undefined) => void },
): View {
  const [first] = choices;
  if (whyNot !== undefined)
    return markup`<p key=${label} class="quiet"><bdi>${shownText(label)}</bdi>: ${shownText(whyNot)}</p>`;
  if (first?.name === '')
    return markup`<button type="button" key=${label} aria-pressed=${isSame(first.wish, chosen)} onClick=${() => choose(first.wish)}><bdi>${shownText(label)}</bdi></button>`;
  const at = choices.findIndex((choice) => isSame(choice.wish, chosen));
  return markup`<label key=${label}>${label}
    <select name=${first?.wish.kind} value=${String(at)} onChange=${(event: Event) => choose(choices[Number((event.target as HTMLSelectElement).value)]?.wish)}>
      <option value="-1" selected=${at === -1}>choose …</option>
      ${choices.map(({ name }, index) => markup`<option key=${index} value=${String(index)} selected=${index === at}>${shownText(name)}</option>`)}
    </select>
  </label>`;
}

function isSame(one: Wish, other: Wish | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A wish as a change, and what can be done with it. */
function WishView(props: {
  readonly place: string;
  readonly wish: Wish;
  readonly readOnly: boolean;
  readonly close: () => void;
}): View {
  const { place, wish, readOnly, close } = props;
  const query = new URLSearchParams(Object.entries(wish));
  const { value, problem, again } = useAnswer<WishedChange>(`${place}/wishes?${query}`, ['repository', 'objects']);
  const [done, setDone] = useState<View>(null);
  const [isBusy, setBusy] = useState(false);
  const take = async (what: 'write' | 'propose', digest: string): Promise<void> => {
    setBusy(true);
    try {
      setDone(
        what === 'write'
          ? writtenView(await send<WrittenWish>(`${place}/wishes/write`, { wish, digest }), value?.files ?? [])
          : proposedView(await send<ProposedWish>(`${place}/wishes/propose`, { wish, digest })),
      );
    } catch (error) {
      setDone(problemView(error instanceof Error ? error : new Error(String(error))));
    } finally {
      setBusy(false);
    }
  };
  const body = (): View => {
    if (value === undefined)
      return problem === undefined ? waitingView('Making the change') : problemView(problem, { again });
    if (value.refused !== undefined) return markup`<p class="refused">${shownText(value.refused)}</p>`;
    const { title, files, notes, run, digest } = value;
    const diff = files.map((file) => file.diff).join('');
    return markup`<h4>${shownText(title)}</h4>
      ${files.map(
        ({ file, isNew, diff: text }) => markup`<div key=${file} class="code">
        <p><code>${shownText(file)}</code>${isNew ? ' (a new file)' : ''}</p>
        ${diffView(text, file)}
      </div>`,
      )}
      ${notes.length === 0 ? null : markup`<ul>${notes.map((note) => markup`<li key=${note}>${shownText(note)}</li>`)}</ul>`}
      ${run === undefined ? null : markup`<p>When the files are so: <code>${shownText(run)}</code></p>`}
      <div class="actions">
        ${h(CopyButton, { text: diff, what: 'the change, for git apply', label: 'Copy' })}
        <button type="button" disabled=${readOnly || isBusy} onClick=${() => void take('write', digest)}>Write into the working tree</button>
        <button type="button" disabled=${readOnly || isBusy} onClick=${() => void take('propose', digest)}>Open a pull request</button>
        ${readOnly ? markup`<span class="quiet">This portal is read-only.</span>` : null}
      </div>`;
  };
  return h(
    'div',
    { class: 'wish panel', role: 'region', 'aria-label': 'The change', tabIndex: -1 },
    markup`${body()}<div role="status">${done}</div>
      <button type="button" class="close" onClick=${close}>Close it</button>`,
  );
}

function writtenView({ files }: WrittenWish, wished: WishedChange['files']): View {
  // Git shows no difference of a file that it does not know.
  const isNew = wished.some((one) => one.isNew && files.includes(one.file));
  return markup`<p>Written: ${files.map((file, index) => markup`${index === 0 ? '' : ', '}<code key=${file}>${shownText(file)}</code>`)}.
    ${isNew ? markup` Git does not know it yet: <code>git add</code> it, look at it with <code>git diff --cached</code>` : markup` Look at it with <code>git diff</code>`}, then commit it.</p>`;
}

function proposedView({ url, branch, isNew }: ProposedWish): View {
  const where = /^https?:\/\//.test(url)
    ? markup`<a href=${url} target="_blank" rel="noreferrer noopener">${shownText(url)}</a>`
    : shownText(url);
  return markup`<p>${isNew ? 'Opened' : 'It is open already'}: ${where}, of the branch <code>${shownText(branch)}</code>.</p>`;
}

/** A change of a text, line by line; what a line is stands at its beginning, too. */
function diffView(diff: string, file: string): View {
  const lines = diff.split('\n').filter((line) => !/^(?:---|\+\+\+|Index)/.test(line));
  return markup`<pre class="diff" tabindex="0" role="region" aria-label=${shownText(`the change of ${file}`)}>${lines.map(
    (line, index) => markup`<span key=${index} class=${classes[line[0] ?? ''] ?? ''}>${shownLine(line)}${'\n'}</span>`,
  )}</pre>`;
}

const classes: Readonly<Record<string, string>> = { '+': 'added', '-': 'removed', '@': 'place' };

function linesOf(text: string): string {
  return text.split('\n').map(shownLine).join('\n');
}

/** A line as it is, with its indentation, and with what cannot be seen as escapes. */
function shownLine(line: string): string {
  const [indent = ''] = /^[ +-]* */.exec(line) ?? [];
  return (
    indent +
    line
      .slice(indent.length)
      .split(/( {2,})/)
      .map((part) => (/^ +$/.test(part) ? part : spaced(part)))
      .join('')
  );
}

/** `shownText` takes the blanks at both ends of a text away. */
function spaced(part: string): string {
  const [before = ''] = /^\s*/.exec(part) ?? [];
  const [after = ''] = part.trim() === '' ? [''] : (/\s*$/.exec(part) ?? []);
  return before + shownText(part) + after;
}
