import { describe, expect, it } from 'vitest';
import type { ResultsUtterance } from '../../../../schemas/types.gen.ts';
import {
  type PackedUtterances,
  packUtterances,
  unpackUtterances,
} from '../../../../workflows/report/html/packed-utterances.ts';
import { alternatingResults } from './alternating-results.ts';

describe('packUtterances', () => {
  it.each<[string, 'word' | 'char', Partial<ResultsUtterance>]>([
    ['errors of every kind', 'word', heardAs('a patient got x y ibuprofen', 'SCCISIC')],
    ['nothing recognised', 'word', heardAs('', 'DDDDD')],
    ['nothing said', 'word', { reference: '', ...heardAs('uh well', 'II') }],
    ['nothing at all', 'word', { reference: '', ...heardAs('', '') }],
    ['a correct word of another spelling', 'word', heardAs('the patients got some ibuprofen', 'CCCCC')],
    ['steps that are not those of the texts', 'word', heardAs('the patient', 'CSSSSSSSSS')],
    ['characters', 'char', { reference: '今日は良い天気', ...heardAs('今日わ良天気です', 'CCSCDCCII') }],
    ['characters of several', 'char', { reference: 'e\u0301a👩‍⚕️', ...heardAs('ea👩‍⚕️', 'SCC') }],
    ['a lone half of a character', 'word', { ...heardAs('\ud83d patient', 'SCDDD'), id: '\ud83d$&' }],
    ['audio elsewhere', 'word', { audio: 'https://a.example/$1/u%201.wav' }],
    ['audio of its name', 'word', { id: 'ward 1/a.wav', audio: 'x/ward%201%2Fa.wav' }],
    ['audio and no name', 'word', { id: '', audio: 'x/a.wav' }],
    ['a group, and not stable', 'word', { group: 'nurse', unstable: true }],
    ['no other model', 'word', { against: undefined as never }],
  ])('gives utterances back to the letter: %s', (_, unit, part) => {
    const { against, ...one } = { ...utterance, ...part };
    const utterances = [utterance, { ...one, ...(against === undefined ? {} : { against }) }];
    expect(unpackUtterances(throughJson(packUtterances(utterances, unit)), unit)).toEqual(utterances);
  });

  it('gives back the reference of each model', () => {
    const utterances = alternatingResults().sets[0]?.utterances.map((one) => ({ ...one, unstable: false })) ?? [];
    expect(utterances[0]?.against?.reference).toBe('now we (uh) home again');
    expect(unpackUtterances(throughJson(packUtterances(utterances, 'word')), 'word')).toEqual(utterances);
  });

  it('has no word twice that was recognised as it was said', () => {
    const packed = JSON.stringify(packUtterances([utterance], 'word'));
    expect(packed.match(/ibuprofen/g)).toHaveLength(1);
    expect(packed.match(/ward-1/g)).toHaveLength(1);
  });

  it('has nothing of no utterances', () => {
    expect(unpackUtterances(throughJson(packUtterances([], 'word')), 'word')).toEqual([]);
  });
});

const utterance: ResultsUtterance = {
  id: 'ward-1.wav',
  audio: 'audio/ward-1.wav',
  unstable: false,
  reference: 'the patient got some ibuprofen',
  recognised: { text: 'the patient got ibuprofen', operations: 'CCCDC' },
  against: { text: 'a patient got some ibuprofen today', operations: 'SCCCCI' },
};

function heardAs(text: string, operations: string): Pick<ResultsUtterance, 'recognised' | 'against'> {
  return { recognised: { text, operations }, against: { text: 'else', operations: 'S' } };
}

function throughJson(packed: PackedUtterances): PackedUtterances {
  return JSON.parse(JSON.stringify(packed)) as PackedUtterances;
}
