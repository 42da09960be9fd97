import { describe, expect, test } from 'vitest';
import { adaptModel, type RecognitionModel } from '../../../emulator/recognition/adapt-model.ts';
import { AudioLibrary } from '../../../emulator/recognition/audio-library.ts';
import { type BaseGeneration, baseGenerations } from '../../../emulator/recognition/base-generations.ts';
import type { Clip, DatasetContent } from '../../../emulator/recognition/dataset-content.ts';
import { recogniseAudio, recogniseClip } from '../../../emulator/recognition/recognise.ts';
import { stableDraw } from '../../../emulator/recognition/stable-hash.ts';
import { makeClip } from './make-clip.ts';
import { everyday, gardening, ward, wardNotes } from './spoken-texts.ts';

const generations = baseGenerations('en-US');
const current = generation('2026');
const wardClips = ward.map((text, i) => makeClip(`ward ${i}`, text));
const everydayClips = everyday.map((text, i) => makeClip(`everyday ${i}`, text));

function generation(year: string): BaseGeneration {
  return generations.findLast(({ id }) => id.startsWith(year))!;
}

function textOf(...sentences: readonly string[]): DatasetContent {
  return { sentences, clips: [], pronunciations: [] };
}

function model(...contents: readonly DatasetContent[]): RecognitionModel {
  return adaptModel(current, contents, { locale: 'en-US' });
}

function hear(clip: Clip, by: RecognitionModel, phrases: readonly string[] = []): string {
  return recogniseClip(clip, by, { phrases })
    .map(({ word }) => word)
    .join(' ');
}

/** Edit distance of words over all clips, as a share of the words spoken. */
function errorRate(clips: readonly Clip[], by: RecognitionModel, phrases: readonly string[] = []): number {
  let errors = 0;
  let spoken = 0;
  for (const clip of clips) {
    const words = clip.transcript.split(' ');
    const heard = hear(clip, by, phrases).split(' ');
    let row = Array.from({ length: heard.length + 1 }, (_, j) => j);
    for (const [i, word] of words.entries()) {
      const next = [i + 1];
      for (const [j, other] of heard.entries()) {
        next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (word === other ? 0 : 1)));
      }
      row = next;
    }
    errors += row.at(-1)!;
    spoken += words.length;
  }
  return errors / spoken;
}

describe('noise', () => {
  function heardWith(share: number, seed: string): readonly string[] {
    return everydayClips.map((clip) =>
      recogniseClip(clip, model(), { noise: { share, seed } })
        .map(({ word }) => word)
        .join(' '),
    );
  }

  test('changes nothing where there is none, and is the same for the same seed', () => {
    expect(heardWith(0, 'a')).toEqual(everydayClips.map((clip) => hear(clip, model())));
    expect(heardWith(0.5, 'a')).toEqual(heardWith(0.5, 'a'));
  });

  test('makes some recordings differ for another seed, the more the larger it is', () => {
    const differing = (share: number): number => {
      const [one, other] = [heardWith(share, 'a'), heardWith(share, 'b')];
      return one.filter((text, index) => text !== other[index]).length;
    };
    expect(differing(0.1)).toBeGreaterThan(0);
    expect(differing(1)).toBeGreaterThan(differing(0.1));
  });

  test('errs as often on the average', () => {
    const words = everyday.join(' ').split(' ').length;
    const seeds = Array.from({ length: 20 }, (_, seed) => String(seed));
    const wrong = seeds.flatMap((seed) =>
      everydayClips.map((clip) => {
        const said = clip.transcript.split(' ');
        const heard = recogniseClip(clip, model(), { noise: { share: 1, seed } }).map(({ word }) => word);
        return said.filter((word) => !heard.includes(word)).length;
      }),
    );
    const share = wrong.reduce((sum, one) => sum + one, 0) / (words * seeds.length);
    const without = everydayClips.reduce((sum, clip) => {
      const heard = hear(clip, model()).split(' ');
      return sum + clip.transcript.split(' ').filter((word) => !heard.includes(word)).length;
    }, 0);
    expect(Math.abs(share - without / words)).toBeLessThan(0.02);
  });
});

describe('word error rates', () => {
  test('are those of a good recogniser for everyday English', () => {
    expect(errorRate(everydayClips, model())).toBeGreaterThan(0.045);
    expect(errorRate(everydayClips, model())).toBeLessThan(0.095);
  });

  test('fall by more than half where the data covers the words of the trade', () => {
    const before = errorRate(wardClips, model());
    const after = errorRate(wardClips, model(textOf(...wardNotes)));
    expect(before).toBeGreaterThan(0.2);
    expect(before).toBeLessThan(0.29);
    expect(after).toBeGreaterThan(0.05);
    expect(after).toBeLessThan(0.125);
  });

  test('do not move with unrelated text, for the trade or for everyday English', () => {
    const unrelated = model(textOf(...gardening));
    expect(errorRate(wardClips, model()) - errorRate(wardClips, unrelated)).toBeLessThan(0.01);
    expect(errorRate(everydayClips, model()) - errorRate(everydayClips, unrelated)).toBeLessThan(0.01);
  });

  test('fall with a phrase list for the words in it, and with nothing else in it', () => {
    const base = errorRate(wardClips, model());
    expect(errorRate(wardClips, model(), ['metoprolol', 'atrial fibrillation', 'cardiologist'])).toBeLessThan(base);
    expect(errorRate(wardClips, model(), ['xylophone', 'rhubarb pie'])).toBe(base);
  });

  test('fall a little with transcribed audio on top of its text', () => {
    const sentences = [...wardNotes, ...ward];
    const clips = sentences.map((sentence, i) => makeClip(`lesson ${i}`, sentence));
    const both = [...wardClips, ...everydayClips];
    const withAudio = model({ sentences, clips, pronunciations: [] });
    expect(errorRate(both, withAudio)).toBeLessThan(errorRate(both, model(textOf(...sentences))));
  });

  test('rise for everyday English when all weight is on the text of a trade', () => {
    const options = { locale: 'en-US', customModelWeightPercent: 100 };
    const heavy = adaptModel(current, [textOf(...wardNotes)], options);
    expect(errorRate(everydayClips, heavy)).toBeGreaterThan(
      errorRate(everydayClips, model(textOf(...wardNotes))) + 0.01,
    );
  });

  test('fall on average from one base generation to a much later one, and rise for some recordings', () => {
    const early = adaptModel(generation('2024'), [], { locale: 'en-US' });
    const late = adaptModel(generation('2045'), [], { locale: 'en-US' });
    expect(errorRate(everydayClips, late)).toBeLessThan(errorRate(everydayClips, early));
    expect(everydayClips.some((clip) => errorRate([clip], late) > errorRate([clip], early))).toBe(true);
  });
});

describe('recogniseClip', () => {
  test('hears the same on every machine and in every release', () => {
    expect(hear(wardClips[0]!, model())).toMatchInlineSnapshot(
      `"the patient was started on motto plural for areas fib relation this morning"`,
    );
    expect(hear(wardClips[1]!, model())).toMatchInlineSnapshot(
      `"please check the proposing again in three hours and call the core geologist"`,
    );
  });

  test('hears by the audio, not by the name of the file', () => {
    for (const clip of wardClips) expect(hear({ ...clip, name: 'other.wav' }, model())).toBe(hear(clip, model()));
  });

  test('makes a subset of the errors with every sentence that is added, so that the rate never rises', () => {
    const notes = wardNotes.toSorted((a, b) => stableDraw('order', a) - stableDraw('order', b));
    let before = model();
    for (let known = 1; known <= notes.length; known++) {
      const after = model(textOf(...notes.slice(0, known)));
      for (const clip of [...wardClips, ...everydayClips]) {
        expect(errorRate([clip], after), clip.transcript).toBeLessThanOrEqual(errorRate([clip], before));
      }
      before = after;
    }
  });

  test('does not depend on the order of the datasets', () => {
    const [a, b] = [textOf(...wardNotes.slice(0, 9)), textOf(...wardNotes.slice(9))];
    for (const clip of wardClips) expect(hear(clip, model(a, b))).toBe(hear(clip, model(b, a)));
  });

  test('gives words in order, without overlap, within the clip, with a confidence', () => {
    for (const clip of wardClips) {
      let end = 0;
      for (const word of recogniseClip(clip, model())) {
        expect(word.offset).toBeGreaterThanOrEqual(end);
        expect(word.confidence).toBeGreaterThan(0.3);
        expect(word.confidence).toBeLessThan(1);
        end = word.offset + word.duration;
      }
      expect(end).toBeLessThanOrEqual(clip.samples.length);
    }
  });

  test('hears nothing in a clip without a transcript', () => {
    expect(recogniseClip({ ...wardClips[0]!, transcript: '' }, model())).toEqual([]);
  });

  test('wants a pronunciation for words that are not spoken as they are written', () => {
    const clips = Array.from({ length: 60 }, (_, i) => makeClip(`odd ${i}`, 'the xkcdb is here'));
    const lines = Array.from({ length: 5 }, () => 'xkcdb');
    const told = { ...textOf(...lines), pronunciations: [{ display: 'XKCDB', spoken: 'x k c d b' }] };
    expect(errorRate(clips, model(textOf(...lines))) - errorRate(clips, model(told))).toBeGreaterThan(0.1);
  });
});

describe('recogniseAudio', () => {
  const library = new AudioLibrary();
  for (const clip of wardClips) library.add(clip);

  test('hears a whole clip as recogniseClip does', () => {
    for (const clip of wardClips) {
      expect(recogniseAudio(clip.samples, 8000, { library, model: model() })).toEqual(recogniseClip(clip, model()));
    }
  });

  test('hears the same words when the clip comes in pieces', () => {
    for (const clip of wardClips) {
      const cut = Math.floor(clip.samples.length * (0.3 + 0.4 * stableDraw('cut', clip.name)));
      const pieces = [clip.samples.subarray(0, cut), clip.samples.subarray(cut)];
      const words = pieces.flatMap((piece) => recogniseAudio(piece, 8000, { library, model: model() }));
      expect(words.map(({ word }) => word).join(' ')).toBe(hear(clip, model()));
    }
  });

  test('places words where they are in what was given', () => {
    const stream = new Int16Array(20_000 + wardClips[3]!.samples.length);
    stream.set(wardClips[3]!.samples, 20_000);
    const words = recogniseAudio(stream, 8000, { library, model: model() });
    const inClip = recogniseClip(wardClips[3]!, model());
    expect(words.map(({ offset }) => offset - 20_000)).toEqual(inClip.map(({ offset }) => offset));
  });

  test('hears nothing in unknown audio', () => {
    expect(recogniseAudio(makeClip('unknown', 'a b c').samples, 8000, { library, model: model() })).toEqual([]);
  });
});

describe('other languages', () => {
  const german = [
    'die Patientin hat seit gestern starke Schmerzen im rechten Knie',
    'wir haben eine Herzkatheteruntersuchung und ein Belastungselektrokardiogramm veranlasst',
    'bitte die Blutzuckermessung vor dem Mittagessen wiederholen',
    'nach der Bandscheibenoperation braucht er noch Krankengymnastik',
    'die Schilddrüsenunterfunktion wird mit Tabletten behandelt',
    'heute Morgen war der Blutdruck wieder viel zu hoch',
    'die Nierenfunktion und die Entzündungswerte werden morgen kontrolliert',
  ].map((line) => line.toLowerCase());
  const clips = german.map((line, i) => makeClip(`de ${i}`, line));
  const [generationDe] = baseGenerations('de-DE').filter(({ id }) => id.startsWith('2026'));

  test('are recognised better with data that covers the words', () => {
    const base = adaptModel(generationDe!, [], { locale: 'de-DE' });
    const lines = german.map((line) => line.split(' ').toReversed().join(' '));
    const adapted = adaptModel(generationDe!, [textOf(...lines, ...lines)], { locale: 'de-DE' });
    expect(errorRate(clips, base)).toBeGreaterThan(0.1);
    expect(errorRate(clips, adapted)).toBeLessThan(errorRate(clips, base) / 2);
  });

  test.each([
    ['ja-JP', '心臓 の 検査 を 明日 行い ます カテーテル'],
    ['zh-CN', '我们明天早上做心脏检查请准时到医院'],
    ['th-TH', 'สวัสดีครับวันนี้อากาศดีมาก'],
    ['ar-EG', 'صباح الخير كيف حالك اليوم'],
    ['hi-IN', 'आज मौसम बहुत अच्छा है'],
    ['ko-KR', '내일 아침에 심장 검사를 합니다'],
    ['el-GR', 'αύριο το πρωί θα γίνει ο έλεγχος'],
  ])('work without a word list: %s', (locale, line) => {
    const base = adaptModel(baseGenerations(locale).at(8)!, [], { locale });
    const spoken = Array.from({ length: 60 }, (_, i) => recogniseClip(makeClip(`${locale} ${i}`, line), base));
    const heard = spoken.map((words) => words.map(({ word }) => word).join(' '));
    expect(heard.every((words) => words.length > 0)).toBe(true);
    expect(new Set(heard).size).toBeGreaterThan(3);
  });
});
