import { describe, expect, it } from 'vitest';
import { databaseUrl } from '../../../../workflows/cli/connect/database.ts';

function read(text: string | undefined): string | undefined {
  return databaseUrl({ env: { SPEECHOPS_DATABASE_URL: text } });
}

describe('SPEECHOPS_DATABASE_URL', () => {
  it.each([undefined, '', '  '])('names no database when it is %j', (text) => {
    expect(read(text)).toBeUndefined();
  });

  it.each([
    'postgresql://ann@db/runs',
    'postgres://ann:hu%23sh@db.example.com:5433/runs?application_name=x',
    'postgresql:///runs?host=/var/run/postgresql',
    'postgresql://ann:hush@/runs?host=/var/run/postgresql',
    'postgresql://ann@db/runs?sslmode=verify-full',
    'postgresql://ann@db/runs?sslmode=disable',
    'postgresql://ann@db/runs?sslmode=require&uselibpqcompat=true',
  ])('is taken as it is: %s', (text) => {
    expect(read(text)).toBe(text);
  });

  it.each(['require', 'prefer', 'verify-ca'])(
    'checks the certificate with sslmode=%s, as it does by its full name',
    (mode) => {
      expect(read(`postgresql://ann@db/runs?sslmode=${mode}`)).toBe('postgresql://ann@db/runs?sslmode=verify-full');
    },
  );

  it.each([
    'foo',
    'http://ann:hush@db/runs',
    'postgresql:///runs',
    'postgresql://ann@/runs',
    'postgresql://ann:hu#sh@db/runs',
    'postgresql://ann:hu%sh@db/runs',
    'host=db password=hush',
  ])('is refused without being said: %s', (text) => {
    const refused = (): unknown => read(text);
    expect(refused).toThrow(
      /^Correct SPEECHOPS_DATABASE_URL: allowed is postgresql:\/\/USER:PASSWORD@HOST:PORT\/DATABASE/,
    );
    expect(refused).not.toThrow(/hush|hu#|hu%s|foo/);
  });
});
