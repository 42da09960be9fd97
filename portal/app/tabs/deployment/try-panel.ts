import { useLocation } from 'preact-iso';
import { useEffect, useRef, useState } from 'preact/hooks';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { EndpointCard, Tried } from '../../../api/deployment.ts';
import { answerOf } from '../../ask.ts';
import { emptyView } from '../../parts/said.ts';
import { type Recording, recordSpeech, type Speech, speechOfFile } from './record-speech.ts';
import { triedView } from './tried-view.ts';

interface Props {
  readonly endpoints: readonly EndpointCard[];
  /** The path of the API. */
  readonly path: string;
  readonly readOnly: boolean;
}

/** One speaks, or gives a file, and sees what one or two endpoints hear. */
export function TryPanel({ endpoints, path, readOnly }: Props): View {
  const { path: address, query, route } = useLocation();
  const asked = endpoints.some(({ id }) => id === query['endpoint']) ? query['endpoint'] : endpoints[0]?.id;
  const endpoint = asked ?? '';
  const other = endpoints.find(({ id }) => id === query['other'] && id !== endpoint)?.id ?? '';
  const speech = useSpeech();
  const { tried, problem, isAsking, recognise } = useRecognition(path, { endpoint, other });
  const { current } = speech;
  // What is chosen anew is heard anew.
  useEffect(() => {
    if (current !== undefined) void recognise(current.wav);
  }, [current, endpoint, other]);
  const choose = (name: 'endpoint' | 'other', id: string): void => {
    const chosen = Object.entries({ endpoint, other, [name]: id }).filter(([, value]) => value !== '');
    route(`${address}?${new URLSearchParams(chosen).toString()}`, true);
  };
  if (readOnly) return emptyView('This portal is read-only: nothing is sent to endpoints from it.');
  return markup`<h1>Try it</h1>
    <p class="quiet">Speak, or give a recording of at most a minute. It goes to the Speech resource alone, where its recognition is billed as any other; nothing is kept.</p>
    <div class="toolbar">
      <label>Endpoint ${choiceView({ value: endpoint, endpoints, choose: (id) => choose('endpoint', id) })}</label>
      <label>Beside it ${choiceView({ value: other, endpoints: endpoints.filter(({ id }) => id !== endpoint), none: 'no other', choose: (id) => choose('other', id) })}</label>
    </div>
    <div class=${`drop${speech.isOver ? ' over' : ''}`} onDragOver=${speech.over} onDragLeave=${speech.leave} onDrop=${speech.drop}>
      <button type="button" class="record" aria-pressed=${speech.isRecording} onClick=${speech.record}>
        ${recordLabel(speech)}
      </button>
      <label class="file">or a file, dropped here or chosen <input type="file" accept="audio/*" onChange=${speech.choose} /></label>
    </div>
    <p role="alert" class="bad">${shownText(speech.problem)}</p>
    ${
      current === undefined
        ? null
        : markup`<div class="given"><audio controls src=${current.url}></audio>
            <p class="quiet"><bdi>${shownText(current.note)}</bdi> <button type="button" onClick=${() => void recognise(current.wav)}>Recognise again</button></p></div>`
    }
    <div role="status" aria-busy=${isAsking}>
      ${isAsking ? markup`<p class="quiet">It is listened to …</p>` : null}
      ${problem === '' ? null : markup`<p class="bad">${shownText(problem)}</p>`}
      ${tried === undefined ? null : triedView(tried, { endpoints })}
    </div>`;
}

function recordLabel({
  seconds,
  isWaiting,
}: {
  readonly seconds: number | undefined;
  readonly isWaiting: boolean;
}): string {
  if (seconds !== undefined) return `■ Stop (${seconds} s)`;
  return isWaiting ? 'Allow the microphone …' : '● Record';
}

function choiceView(of: {
  readonly value: string;
  readonly endpoints: readonly EndpointCard[];
  readonly none?: string;
  readonly choose: (id: string) => void;
}): View {
  const { value, endpoints, none, choose } = of;
  return markup`<select value=${value} onChange=${(event: Event) => choose((event.target as HTMLSelectElement).value)}>
    ${none === undefined ? null : markup`<option value="">${none}</option>`}
    ${endpoints.map(
      ({ id, name, locale, model, expired }) =>
        markup`<option key=${id} value=${id} selected=${id === value}>${shownText(`${name} (${locale}), ${expired?.answers?.name ?? model?.name ?? 'no model'}`)}</option>`,
    )}
  </select>`;
}

/** What was spoken or given, and how that goes on. */
function useSpeech() {
  const [current, setCurrent] = useState<(Speech & { readonly url: string }) | undefined>();
  const [problem, setProblem] = useState('');
  const [isOver, setOver] = useState(false);
  const [seconds, setSeconds] = useState<number | undefined>();
  const [isWaiting, setWaiting] = useState(false);
  const recording = useRef<Recording | undefined>(undefined);
  const microphone = useRef<'free' | 'asked for' | 'left'>('free');
  const isLeft = (): boolean => microphone.current === 'left';
  const isRecording = seconds !== undefined;
  const take = async (speaking: Promise<Speech>): Promise<void> => {
    setProblem('');
    try {
      const speech = await speaking;
      setCurrent({ ...speech, url: URL.createObjectURL(speech.wav) });
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  const stop = (): void => {
    const { current: going } = recording;
    recording.current = undefined;
    setSeconds(undefined);
    if (going !== undefined) void take(going.stop());
  };
  const start = async (): Promise<void> => {
    // The browser asks the person first, who may press once more meanwhile, or leave.
    if (microphone.current !== 'free') return;
    microphone.current = 'asked for';
    setWaiting(true);
    setProblem('');
    try {
      const begun = await recordSpeech();
      if (isLeft()) return begun.drop();
      recording.current = begun;
      setSeconds(0);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
    if (isLeft()) return;
    microphone.current = 'free';
    setWaiting(false);
  };
  useEffect(() => {
    if (!isRecording) return undefined;
    const timer = setInterval(() => setSeconds((before = 0) => before + 1), 1000);
    return () => clearInterval(timer);
  }, [isRecording]);
  useEffect(() => {
    if (seconds !== undefined && seconds >= mostSeconds) stop();
  }, [seconds]);
  useEffect(
    () => () => {
      microphone.current = 'left';
      recording.current?.drop();
    },
    [],
  );
  useEffect(() => () => URL.revokeObjectURL(current?.url ?? ''), [current]);
  return {
    current,
    problem,
    isOver,
    isRecording,
    isWaiting,
    seconds,
    record: () => (isRecording ? stop() : void start()),
    choose(event: Event) {
      const [file] = (event.target as HTMLInputElement).files ?? [];
      if (file !== undefined) void take(speechOfFile(file));
    },
    over(event: DragEvent) {
      event.preventDefault();
      setOver(true);
    },
    leave: () => setOver(false),
    drop(event: DragEvent) {
      event.preventDefault();
      setOver(false);
      const [file] = event.dataTransfer?.files ?? [];
      if (file !== undefined) void take(speechOfFile(file));
    },
  };
}

/** The service recognises a minute at once; the last second is for the recorder to end. */
const mostSeconds = 59;

/** What endpoints have heard in the last recording that was sent. */
function useRecognition(path: string, { endpoint, other }: { readonly endpoint: string; readonly other: string }) {
  const [tried, setTried] = useState<Tried | undefined>();
  const [problem, setProblem] = useState('');
  const [isAsking, setAsking] = useState(false);
  const turn = useRef(0);
  const recognise = async (wav: Blob): Promise<void> => {
    const mine = (turn.current += 1);
    setAsking(true);
    setProblem('');
    const asked = new URLSearchParams({ endpoint, ...(other === '' ? {} : { other }) });
    try {
      const headers = { 'content-type': 'audio/wav' };
      const answered = await answerOf<Tried>(`${path}/try?${asked.toString()}`, { method: 'POST', body: wav, headers });
      if (mine === turn.current) setTried(answered);
    } catch (error) {
      if (mine !== turn.current) return;
      setTried(undefined);
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      if (mine === turn.current) setAsking(false);
    }
  };
  return { tried, problem, isAsking, recognise };
}
