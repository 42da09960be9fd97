import type { Ports } from '../../../workflows/engine/ports.ts';
import type { ReportedLines } from '../../api/data.ts';
import { PortalProblem } from '../portal-context.ts';

/**
 * What the service has said of the lines of a dataset when it imported them, those that it has left out first. Throws a {@link PortalProblem}
 * when there is no report that can be read.
 */
export async function reportedLines(ports: Ports, dataset: string): Promise<ReportedLines> {
  const files = await ports.speech.datasets.files(dataset);
  const report = files.find(({ kind }) => kind === 'DatasetReport');
  if (report === undefined) throw new PortalProblem('The service gives no report of this dataset', { status: 404 });
  const lines = linesOf(await ports.speech.readFile(report));
  const rejectedFirst = lines.toSorted((one, other) => Number(other.isRejected) - Number(one.isRejected));
  return { total: lines.length, lines: rejectedFirst.slice(0, mostLines) };
}

const mostLines = 1000;

function linesOf(text: string): ReportedLines['lines'] {
  const said = parsed(text);
  if (!Array.isArray(said)) throw new PortalProblem('The report of this dataset cannot be read', { status: 502 });
  return said.flatMap((line: unknown) => {
    if (typeof line !== 'object' || line === null) return [];
    const { filename, inputText, message, status } = line as Readonly<Record<string, unknown>>;
    return [
      {
        place: textOf(filename),
        text: textOf(inputText),
        reason: textOf(message).replace(/^(?:Error|Warning): /, ''),
        isRejected: textOf(status) !== 'Warning',
      },
    ];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
