import type { GroupsOfScore } from '../../report/score/score-report.ts';
import { groupScores } from '../../scoring/group-scores.ts';
import { speakerInId } from '../../scoring/speakers.ts';
import { bareId } from '../../scoring/readers/pair-ids.ts';
import { readRecordingValues } from '../../scoring/readers/recording-values.ts';
import type { TranscribedUtterance } from '../../scoring/readers/transcript.ts';
import type { Score } from '../../scoring/score-utterances.ts';
import { UsageError } from '../session.ts';
import { readText } from '../transcripts.ts';

type ValueOf = (id: string) => string | undefined;

/**
 * The groups that were asked for: by a column of a manifest, else by a field of the utterances. What names neither, or tells of no utterance,
 * is a {@link UsageError}.
 */
export async function readGroups(
  { by, manifest }: { readonly by?: string; readonly manifest?: string },
  {
    score,
    transcribed,
    cwd,
  }: { readonly score: Score; readonly transcribed: readonly TranscribedUtterance[]; readonly cwd: string },
): Promise<GroupsOfScore | undefined> {
  if (by === undefined) {
    if (manifest === undefined) return undefined;
    throw new UsageError(`Name a column of ${manifest} with --by`);
  }
  const valueOf = manifest === undefined ? fieldValues(by, transcribed) : await columnValues(by, { manifest, cwd });
  const { utterances } = score;
  if (utterances.some(({ id }) => valueOf(id) !== undefined))
    return { by, groups: groupScores(utterances, valueOf), valueOf };
  throw new UsageError(
    manifest === undefined
      ? lackingField(by, transcribed)
      : `Name recordings in ${manifest} as the ids, and what ${JSON.stringify(by)} of them is: it tells of none, the first id is ${JSON.stringify(utterances[0]?.id)}`,
  );
}

/** What a field says of utterances; where no field says who speaks, the id may. What the references say goes before what hypotheses say. */
export function fieldValues(by: string, transcribed: readonly TranscribedUtterance[]): ValueOf {
  const values = new Map(
    transcribed.flatMap(({ id, fields }) => (Object.hasOwn(fields, by) ? [[id, fields[by]] as const] : [])),
  );
  return (id) => told(values.get(id)) ?? (by === 'speaker' ? speakerInId(id) : undefined);
}

async function columnValues(
  column: string,
  { manifest, cwd }: { readonly manifest: string; readonly cwd: string },
): Promise<ValueOf> {
  const read = readRecordingValues(await readText(manifest, cwd), column);
  if ('message' in read) throw new UsageError(`${manifest}:${read.line}: ${read.message}`);
  const values = new Map([...read.values].map(([name, value]) => [bareId(name), value]));
  return (id) => told(values.get(bareId(id)));
}

/** An empty value says nothing. */
function told(value: string | undefined): string | undefined {
  return value?.trim() === '' ? undefined : value;
}

function lackingField(by: string, transcribed: readonly TranscribedUtterance[]): string {
  if (by === 'speaker')
    return 'Name the speakers: there is no field "speaker", and no id has a - or _ behind the name of one';
  const known = [...new Set(transcribed.flatMap(({ fields }) => Object.keys(fields)))];
  const there = known.length === 0 ? 'only JSON has fields' : `there are ${known.join(', ')}`;
  return known.includes(by)
    ? `Say what ${JSON.stringify(by)} of an utterance is: it is empty in all`
    : `No utterance has the field ${JSON.stringify(by)}: ${there}; --manifest reads a column of a table`;
}
