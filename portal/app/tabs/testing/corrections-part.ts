import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { counted, rate } from '../../../../workflows/report/html/views/figures.ts';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import { sideNames } from '../../../../workflows/report/html/views/utterances-view.ts';
import type { Corrected, WrittenCorrections } from '../../../api/testing.ts';
import { send } from '../../ask.ts';
import type { Correcting } from './corrections.ts';

/** What corrections do, and the ways to keep them: a patch to copy or to save, or the file itself. */
export function CorrectionsPart({
  correcting: { judged, change, corrected, problem },
  resource,
  evaluation,
  transcripts,
  readOnly,
  again,
}: {
  readonly correcting: Correcting;
  readonly resource: string;
  readonly evaluation: string;
  /** The files that are the transcript. */
  readonly transcripts: readonly string[];
  readonly readOnly: boolean;
  /** Asks anew for the files. */
  readonly again: () => void;
}): VNode | View {
  const [said, setSaid] = useState('');
  const number = Object.keys(judged.texts).length;
  const write = async (file: string): Promise<void> => {
    try {
      const body = { evaluation, file, corrections: judged.texts };
      const { lines } = await send<WrittenCorrections>(`resources/${resource}/corrections`, body);
      change({ ...judged, texts: {}, written: { ...judged.written, ...judged.texts } });
      setSaid(
        `${counted(lines, 'line')} of ${file} written. Commit it, and run the pipeline: the dataset here has the text of before until it is uploaded again.`,
      );
      again();
    } catch (error) {
      setSaid(error instanceof Error ? error.message : String(error));
    }
  };
  const copy = async (patch: string): Promise<void> => {
    await navigator.clipboard.writeText(patch).then(
      () => setSaid('The patch is copied.'),
      () => setSaid('The browser does not let the page copy: select the patch below.'),
    );
  };
  if (number === 0 && said === '') return null;
  return markup`<section class="panel corrections" aria-labelledby="corrections">
    <h2 id="corrections">${number === 0 ? 'Corrections' : counted(number, 'correction')}</h2>
    <p role="status">${shownText(said || (problem?.message ?? ''))}</p>
    ${readOnly && number > 0 ? markup`<p>This portal is read-only: it writes no corrections, and gives the patch of them.</p>` : null}
    ${corrected === undefined || number === 0 ? null : ratesView(corrected)}
    ${
      number === 0
        ? null
        : markup`<p class="buttons">
      ${
        corrected === undefined
          ? null
          : markup`<button type="button" onClick=${() => void copy(corrected.patch)}>Copy the patch</button>
            <a class="button" download="corrections.patch" href=${`data:text/x-diff;charset=utf-8,${encodeURIComponent(corrected.patch)}`}>Save the patch</a>
            ${transcripts.map(
              (file) =>
                markup`<button type="button" key=${file} onClick=${() => void write(file)}>Write into <bdi>${shownText(file)}</bdi></button>`,
            )}`
      }
      <button type="button" onClick=${() => change({ ...judged, texts: {} })}>Discard</button>
    </p>
    ${transcripts.length === 0 ? markup`<p class="quiet">No file of this repository is the transcript of the dataset to the letter; the patch is for the file that it was made of.</p>` : null}
    ${
      corrected === undefined
        ? null
        : markup`<details><summary>The patch</summary><pre tabindex="0" dir="auto">${corrected.patch.split('\n').map(shownLine).join('\n')}</pre></details>`
    }`
    }
  </section>`;
}

/** A line of a patch begins with a mark, which may be a space. */
function shownLine(line: string): string {
  return `${line.slice(0, 1)}${shownText(line.slice(1))}`;
}

function ratesView({ models }: Corrected): View {
  return markup`<ul class="plain">
    ${models.map(
      ({ id, name, before, after }, index) =>
        markup`<li key=${id}><small>${sideNames[index]}</small> <bdi>${shownText(name)}</bdi>: ${rate(before, [after])} → <strong>${rate(after, [before])}</strong></li>`,
    )}
  </ul>`;
}
