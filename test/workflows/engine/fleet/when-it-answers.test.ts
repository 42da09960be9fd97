import { describe, expect, it } from 'vitest';
import { whenItAnswers } from '../../../../workflows/engine/fleet/when-it-answers.ts';
import { ServiceError } from '../../../../workflows/engine/ports.ts';

function fault(status?: number): ServiceError {
  return new ServiceError('No answer', { method: 'GET', path: '/a', status, attempts: 1, outcome: 'refused' });
}

async function ask(
  ...answers: readonly (Error | string)[]
): Promise<{ readonly end: string; readonly told: string[] }> {
  const told: string[] = [];
  let asked = 0;
  const end = await whenItAnswers(
    async () => {
      const answer = answers[asked++];
      if (answer instanceof Error) throw answer;
      return String(answer);
    },
    {
      pausesSeconds: [2, 10],
      pause: async (seconds) => void told.push(`${seconds}`),
      tell: (text) => void told.push(text),
    },
  ).catch((error: Error) => error.message);
  return { end, told };
}

describe('whenItAnswers', () => {
  it('asks again while a service does not answer or is overloaded, and says so', async () => {
    expect(await ask(fault(), fault(503), 'here')).toEqual({
      end: 'here',
      told: ['No answer; again in 2 s', '2', 'No answer; again in 10 s', '10'],
    });
  });

  it('gives up after the last pause', async () => {
    expect((await ask(fault(), fault(429), fault(), 'too late')).end).toBe('No answer');
  });

  it('takes a refusal, and what is wrong here, for an answer', async () => {
    expect(await ask(fault(403), 'no')).toEqual({ end: 'No answer', told: [] });
    expect(await ask(new Error('Unset SPEECHOPS_KEY'), 'no')).toEqual({ end: 'Unset SPEECHOPS_KEY', told: [] });
  });
});
