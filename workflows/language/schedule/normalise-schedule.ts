import { documentSchema, type PipelineDocument } from '../../../schemas/index.ts';
import type { PipelineSchedule, ScheduleEntry } from '../pipeline.ts';
import { plainValueWithout } from '../../document/yaml/plain-value.ts';
import type { SourceMap } from '../../document/yaml/read-document.ts';

/** When the pipeline of a document without faults starts by itself, with defaults applied. */
export function normaliseSchedule(document: SourceMap): PipelineSchedule {
  const { name: pipeline, schedule = [] } = plainValueWithout(document, [
    'steps',
    'finally',
  ]) as unknown as PipelineDocument;
  const { 'time-zone': timeZone, missed } = documentSchema.$defs.schedule.properties;
  return {
    pipeline,
    entries: schedule.map(({ name, cron, inputs = {}, ...written }) => ({
      ...(name === undefined ? {} : { name }),
      cron: cron.trim(),
      timeZone: written['time-zone'] ?? timeZone.default,
      missed: written.missed ?? (missed.default as ScheduleEntry['missed']),
      inputs: Object.fromEntries(Object.entries(inputs).map(([input, value]) => [input, String(value)])),
    })),
  };
}
