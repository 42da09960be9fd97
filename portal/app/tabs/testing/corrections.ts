import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Corrected, Corrections } from '../../../api/testing.ts';
import { send } from '../../ask.ts';

/** What a person has judged of a dataset's references. */
export interface Judged {
  /** The right texts, by recordings. */
  readonly texts: Corrections;
  /** Recordings whose reference is right although all models contradict it. */
  readonly rejected: readonly string[];
  /** The right texts that were written into a file: the dataset has them when it is uploaded again. */
  readonly written?: Corrections;
}

export interface Correcting {
  readonly judged: Judged;
  readonly change: (next: Judged) => void;
  /** What the corrections do; that of before while it is computed. */
  readonly corrected: Corrected | undefined;
  readonly problem: Error | undefined;
}

const nothing: Judged = { texts: {}, rejected: [] };

/** Corrections of a dataset, kept in this browser, and what they do to the rates of the models of `address`. */
export function useCorrections({
  dataset,
  address,
  models,
}: {
  /** Resource and dataset, by which they are kept. */
  readonly dataset: string;
  /** Below `/api/`: of the evaluation. */
  readonly address: string;
  readonly models: Readonly<Record<string, string>>;
}): Correcting {
  const name = `speechops-corrections ${dataset}`;
  const [judged, setJudged] = useState(() => judgedIn(localStorage.getItem(name)));
  const [answer, setAnswer] = useState<{ readonly corrected?: Corrected; readonly problem?: Error }>({});
  const wanted = useMemo(() => JSON.stringify({ ...models, corrections: judged.texts }), [judged.texts, models]);
  useEffect(() => {
    if (Object.keys(judged.texts).length === 0) {
      setAnswer({});
      return undefined;
    }
    let isNewest = true;
    const timer = setTimeout(() => {
      send<Corrected>(`${address}/corrected`, JSON.parse(wanted)).then(
        (corrected) => isNewest && setAnswer({ corrected }),
        (problem: unknown) =>
          isNewest && setAnswer({ problem: problem instanceof Error ? problem : new Error(String(problem)) }),
      );
    }, pauseMilliseconds);
    return () => {
      isNewest = false;
      clearTimeout(timer);
    };
  }, [address, wanted]);
  const change = (next: Judged): void => {
    localStorage.setItem(name, JSON.stringify(next));
    setJudged(next);
  };
  return { judged, change, corrected: answer.corrected, problem: answer.problem };
}

/** Several corrections in a row are computed once. */
const pauseMilliseconds = 150;

function judgedIn(kept: string | null): Judged {
  if (kept === null) return nothing;
  try {
    const { texts, rejected, written = {} } = JSON.parse(kept) as Judged;
    const all = [...Object.values(texts), ...Object.values(written)];
    const isRight = all.every((text) => typeof text === 'string') && Array.isArray(rejected);
    return isRight ? { texts, rejected, written } : nothing;
  } catch {
    // Another program of this origin has written it.
    return nothing;
  }
}

/** With this text for a recording; without a text it has none of its own any more. */
export function withText({ texts, rejected, written = {} }: Judged, id: string, text: string | undefined): Judged {
  const { [id]: _, ...others } = texts;
  return {
    texts: text === undefined ? others : { ...others, [id]: text },
    rejected: rejected.filter((one) => one !== id),
    written,
  };
}
