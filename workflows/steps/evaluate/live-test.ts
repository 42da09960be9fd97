import { counted } from '../../document/counted.ts';
import { StepFailure, type Outputs, type StepContext } from '../../engine/step-kind.ts';
import type { TranscriptLine } from '../../document/transcript.ts';
import type { MeasuredSide } from '../../plan/measurements.ts';
import type { Endpoint } from '../../plan/speech-entities.ts';
import { profileOfLocale } from '../../scoring/normalise-text.ts';
import { scoreUtterances, type Score } from '../../scoring/score-utterances.ts';
import { unitOfLocale } from '../../scoring/tokenise.ts';
import { SmokeTest } from '../swap/recognition/smoke-test.ts';
import { archiveOf, readFrom, recognisedIn, type TestArchive, transcriptIn } from '../test-set.ts';

/**
 * Recognises the recordings of a dataset through an endpoint, now, and scores them: what its callers get, whatever the service says
 * of the endpoint. `measuredBefore` is where its model was measured: what that model recognised otherwise shows that another model
 * answers by now, or that the service has changed. Throws a {@link StepFailure} when the dataset has no recordings
 * that can be recognised so.
 */
export async function testLive(
  context: StepContext,
  of: {
    readonly endpoint: Endpoint;
    readonly dataset: string;
    readonly measuredBefore: MeasuredSide | undefined;
  },
): Promise<Outputs> {
  const { endpoint } = of;
  const { report } = context;
  const archive = await archiveOf(of.dataset, context);
  const lines = await transcriptIn(archive, context);
  const smoke = new SmokeTest(context, { endpoint, utterances: [] });
  const heard = new Map<string, string>();
  for (let at = 0; at < lines.length; at += batch) {
    const next = lines.slice(at, at + batch);
    const audio = await recordingsIn(archive, next, context);
    await Promise.all(
      [...audio].map(async ([name, bytes]) => {
        const answer = await smoke.recognise({ name, audio: bytes }, context.signal);
        heard.set(name, answer?.lexical ?? '');
      }),
    );
    report(`${Math.min(at + batch, lines.length)} of ${lines.length} recordings through ${endpoint.displayName}`);
  }
  const references = lines.filter(({ file }) => heard.has(file)).map(({ file, text }) => ({ id: file, text }));
  const said = scored(references, heard, endpoint);
  if (said.wordErrorRate === null)
    throw new StepFailure(
      `Check the test dataset: none of its ${lines.length} recordings can be recognised through an endpoint (WAV files of at most 60 s)`,
    );
  const before = of.measuredBefore === undefined ? [] : await recognisedIn(of.measuredBefore, context);
  const drift = scored(
    [...before].flatMap(([id, text]) => (text !== undefined && heard.has(id) ? [{ id, text }] : [])),
    heard,
    endpoint,
  ).wordErrorRate;
  if (smoke.failures > 0) report(`${counted(smoke.failures, 'recognition')} failed (${smoke.lastFailure})`);
  return {
    liveWer: said.wordErrorRate,
    liveWords: said.words,
    liveRecordings: references.length,
    liveFailures: smoke.failures,
    ...(drift === null ? {} : { liveDrift: drift }),
  };
}

/** Those that can be recognised as a whole. */
async function recordingsIn(
  archive: TestArchive,
  lines: readonly TranscriptLine[],
  context: StepContext,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const found = await readFrom(
    archive,
    lines.map(({ file }) => file),
    context,
  );
  return new Map([...found].filter(([, audio]) => context.ports.data.whyNotRecognised(audio) === undefined));
}

function scored(
  references: readonly { readonly id: string; readonly text: string }[],
  heard: ReadonlyMap<string, string>,
  { locale }: Endpoint,
): Score {
  return scoreUtterances({
    references,
    hypotheses: references.map(({ id }) => ({ id, text: heard.get(id) ?? '' })),
    profile: profileOfLocale(locale),
    unit: unitOfLocale(locale),
  });
}

/** An endpoint takes 100 recognitions at a time, of which its callers want most. */
const batch = 8;
