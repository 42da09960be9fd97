import type { NoticeDocument } from '../../schemas/types.gen.ts';
import type { PlainValue } from '../document/yaml/plain-value.ts';
import { asksPerson, type Pipeline, type PipelineStep } from './pipeline.ts';

/** The steps by which a pipeline with `notify` tells people: none is in the document. */
export function withNotices(pipeline: Pipeline, notice: NoticeDocument | undefined): Pipeline {
  if (notice === undefined) return pipeline;
  const { on = ['waiting', 'failed'], ...ways } = notice;
  const tellsWaiting = on.includes('waiting');
  const taken = new Set(pipeline.steps.map(({ id }) => id.toLowerCase()));
  const noticeOf = new Map(
    pipeline.steps.flatMap((step): readonly (readonly [string, PipelineStep])[] =>
      tellsWaiting && asksPerson(step.uses)
        ? [[step.id, whileWaiting(step, { id: freeId(`notify-${step.id}`, taken), ways })]]
        : [],
    ),
  );
  const failed = on.includes('failed') ? [onFailure(pipeline, { id: freeId('notify-failed', taken), ways })] : [];
  const last = failed.map(({ id }) => id);
  return {
    ...pipeline,
    steps: [...pipeline.steps.flatMap((step) => [step, noticeOf.get(step.id) ?? []].flat()), ...failed],
    layers: [
      ...pipeline.layers.map((ids) => ids.flatMap((id) => [id, noticeOf.get(id)?.id ?? []].flat())),
      ...(last.length === 0 ? [] : [last]),
    ],
  };
}

type Ways = Omit<NoticeDocument, 'on'>;

/** Tells what a person is asked, when the step that asks begins to wait: it needs the same steps, and has the same condition. */
function whileWaiting(
  { with: settings, retry: _retry, timeoutSeconds: _timeout, ...step }: PipelineStep,
  { id, ways }: { readonly id: string; readonly ways: Ways },
): PipelineStep {
  const asked = `${String(settings['message'])}\nTo answer: speechops approve \${{ run.id }} ${step.id}`;
  return { ...step, ...noticed(id), name: `tell that ${step.name} waits`, with: settingsOf(asked, ways) };
}

function onFailure({ name }: Pipeline, { id, ways }: { readonly id: string; readonly ways: Ways }): PipelineStep {
  const message = `Run \${{ run.id }} of ${name} has failed.\nTo see why: speechops show \${{ run.id }}`;
  return {
    ...noticed(id),
    name: 'tell that the run failed',
    with: settingsOf(message, ways),
    needs: [],
    if: "${{ run.status == 'failed' }}",
    finally: true,
  };
}

/** A notice that cannot be sent fails no run. */
function noticed(id: string): Pick<PipelineStep, 'id' | 'uses' | 'continueOnError'> {
  return { id, uses: 'notify', continueOnError: true };
}

function settingsOf(message: string, ways: Ways): Readonly<Record<string, PlainValue>> {
  return { message, ...(ways as Readonly<Record<string, PlainValue>>) };
}

function freeId(wanted: string, taken: Set<string>): string {
  let id = wanted;
  for (let count = 2; taken.has(id.toLowerCase()); count += 1) id = `${wanted}-${count}`;
  taken.add(id.toLowerCase());
  return id;
}
