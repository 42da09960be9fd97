import { h } from 'preact';
import { counted } from '../../../../workflows/report/html/views/figures.ts';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { ContentLine, DatasetContentPart } from '../../../api/data.ts';
import { type Column, LongTable } from '../../parts/long-table.ts';
import { Player } from '../../parts/player.ts';
import { emptyView, problemView, waitingView } from '../../parts/said.ts';
import { useMedia } from '../../parts/use-media.ts';
import { useAnswer } from '../../use-answer.ts';
import { useQuery } from '../../use-query.ts';
import type { PartProps } from './dataset-part.ts';
import { countText, theirs } from './shown.ts';

/** The lines of a dataset: transcripts beside a player, texts, or pronunciations. */
export function ContentView({ path, details }: PartProps): View {
  const { query, choose } = useQuery();
  const { find = '', from = '0', line = '' } = query;
  const start = /^\d{1,9}$/.test(from) ? Number(from) : 0;
  const asked = new URLSearchParams({ from: String(start), find: find.slice(0, 200) });
  const { value, problem, again } = useAnswer<DatasetContentPart>(`${path}/content?${asked.toString()}`);
  const isNarrow = useMedia('(max-width: 52rem)');
  const { kind } = details.dataset;
  const hasAudio = kind === 'Acoustic' || kind === 'AudioFiles';
  const chosen = value?.lines.find(({ number }) => String(number) === line);
  return markup`<div class="content">
    <div class="toolbar" role="search">
      <label>Find <input type="search" value=${find} maxlength="200" placeholder=${hasAudio ? 'words, recording' : 'words'}
        onInput=${(event: Event) => choose({ find: (event.target as HTMLInputElement).value, from: '', line: '' })} /></label>
      <output>${value === undefined ? '' : foundText(value)}</output>
    </div>
    ${hasAudio ? chosenView(chosen) : null}
    ${
      value === undefined
        ? problem
          ? problemView(problem, { again })
          : waitingView('Reading the content…')
        : value.lines.length === 0
          ? emptyView(find === '' ? 'This dataset has no lines.' : 'No line has this text.')
          : markup`${h(LongTable<ContentLine>, {
              label: 'Content',
              columns: columnsOf({ kind, isNarrow }),
              rows: value.lines,
              idOf: ({ number }) => String(number),
              open: ({ number }) => choose({ line: String(number) }),
              chosen: line === '' ? undefined : line,
            })}
            ${pagesView(value, (next) => choose({ from: next === 0 ? '' : String(next), line: '' }))}`
    }
    ${value?.isLocal === true ? markup`<p class="quiet">The service does not give this content: it is read from the file of the repository with the same digest.</p>` : null}
  </div>`;
}

function foundText({ total, found }: DatasetContentPart): string {
  return found === total ? counted(total, 'line') : `${countText(found)} of ${counted(total, 'line')}`;
}

/** The line that is open; a place is kept for it. */
function chosenView(line: ContentLine | undefined): View {
  if (line === undefined)
    return markup`<div class="panel chosen quiet"><p>Open a line to hear it: with a click, or with Enter. The space bar plays and pauses.</p></div>`;
  const { recording = '', text, audio, number } = line;
  return markup`<div class="panel chosen" role="region" aria-label="Open line">
    <p class="quiet">${countText(number)} <bdi>${shownText(recording)}</bdi></p>
    <p class="said">${theirs(text)}</p>
    ${
      audio === undefined
        ? markup`<p class="bad">The archive has no such recording.</p>`
        : h(Player, { key: `${number} ${recording}`, address: audio, name: recording })
    }
  </div>`;
}

function columnsOf({
  kind,
  isNarrow,
}: {
  readonly kind: string;
  readonly isNarrow: boolean;
}): readonly Column<ContentLine>[] {
  const text = (name: string): Column<ContentLine> => ({
    id: 'text',
    name,
    width: 'minmax(0, 3fr)',
    view: (line) => markup`<span title=${shownText(line.text)}>${theirs(line.text)}</span>`,
  });
  const number: Column<ContentLine> = {
    id: 'number',
    name: '#',
    width: '3.5rem',
    isFigure: true,
    view: (line) => countText(line.number),
  };
  const recording: Column<ContentLine> = {
    id: 'recording',
    name: 'Recording',
    width: kind === 'AudioFiles' ? 'minmax(0, 3fr)' : 'minmax(0, 1fr)',
    view: ({ recording: name = '', audio }) =>
      audio === undefined ? markup`<span class="bad">${theirs(name)} is missing</span>` : theirs(name),
  };
  if (kind === 'Acoustic') return isNarrow ? [number, text('Transcript')] : [number, text('Transcript'), recording];
  if (kind === 'AudioFiles') return [number, recording];
  if (kind !== 'Pronunciation') return [number, text('Text')];
  const spoken: Column<ContentLine> = {
    id: 'spoken',
    name: 'Spoken',
    width: 'minmax(0, 3fr)',
    view: (line) => theirs(line.spoken ?? ''),
  };
  return [number, text('Displayed'), spoken];
}

/** A thousand lines are on a page. */
function pagesView({ from, found, lines }: DatasetContentPart, go: (from: number) => void): View {
  const next = from + lines.length;
  if (from === 0 && next >= found) return null;
  return markup`<p class="pages">
    <button type="button" disabled=${from === 0} onClick=${() => go(Math.max(0, from - 1000))}>Earlier</button>
    <span>${countText(from + 1)} to ${countText(next)} of ${countText(found)}</span>
    <button type="button" disabled=${next >= found} onClick=${() => go(next)}>Later</button>
  </p>`;
}
