import { describe, expect, it } from 'vitest';
import { redactDocument } from '../../../../workflows/cli/runs/redact-document.ts';
import { sampleResults } from '../../report/html/sample-results.ts';

const signed = 'Ward https://store/a?sig=ABCSECRETSIG';

describe('evidence without secrets', () => {
  it('has no signature in the names of a set, and the words of its utterances as they were counted', () => {
    const [set] = sampleResults().sets;
    const said = { id: 'a', reference: signed, recognised: { text: signed, operations: 'CC' } };
    const named = { ...set!, title: signed, model: signed, against: signed, incomplete: signed, utterances: [said] };
    const [shown] = redactDocument({ ...sampleResults(), sets: [named] }, (text) => text).sets;
    const clean = 'Ward https://store/a?***';
    expect(shown).toMatchObject({ title: clean, model: clean, against: clean, incomplete: clean, utterances: [said] });
  });

  it('has what is masked nowhere, also not in what was said', () => {
    const masked = redactDocument(sampleResults(), (text) => text.replaceAll('Wards', '***'));
    expect(JSON.stringify(sampleResults())).toContain('Wards');
    expect(JSON.stringify(masked)).not.toContain('Wards');
  });

  it('has commands that a person can enter, with the version of the API', () => {
    const command = "curl -X DELETE 'http://127.0.0.1:4711/speechtotext/evaluations/e?api-version=2025-10-15'";
    const { verdict } = redactDocument(
      { ...sampleResults(), verdict: { passed: false, sentence: `delete it with: ${command}`, reasons: [] } },
      (text) => text,
    );
    expect(verdict.sentence).toBe(`delete it with: ${command}`);
  });
});
