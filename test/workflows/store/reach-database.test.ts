import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Pool } from 'pg';
import { describe, expect, it } from 'vitest';
import { adviceOnRights, reachDatabase } from '../../../workflows/store/reach-database.ts';

/** The messages in which PostgreSQL asks a client for a password: AuthenticationSASL, then AuthenticationSASLContinue. */
const askForPassword = ['R\0\0\0\x17\0\0\0\x0ASCRAM-SHA-256\0\0', 'R\0\0\0\x0E\0\0\0\x0Br=none'];

describe('reachDatabase', () => {
  it('says that a password is asked for and none was given', async () => {
    const server = createServer((socket) => {
      const answers = askForPassword.values();
      socket.on('error', () => undefined).on('data', () => socket.write(answers.next().value ?? '', 'latin1'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const pool = new Pool({ connectionString: `postgresql://ann@127.0.0.1:${port}/runs` });
    await expect(reachDatabase(pool)).rejects.toThrow(
      `Give the password in SPEECHOPS_DATABASE_URL (postgresql://USER:PASSWORD@HOST/DATABASE) or in PGPASSWORD: 127.0.0.1:${port} asks ann for one`,
    );
    await pool.end();
    server.close();
  });

  it('says which file of the address cannot be read', async () => {
    const pool = new Pool({ connectionString: 'postgresql://ann@127.0.0.1:1/runs?sslrootcert=/nowhere.pem' });
    await expect(reachDatabase(pool)).rejects.toThrow(/^Correct SPEECHOPS_DATABASE_URL: ENOENT.*\/nowhere\.pem/);
    await pool.end();
  });
});

describe('adviceOnRights', () => {
  it('is for what the database refuses, and for nothing else', () => {
    expect(adviceOnRights('permission denied for table workflow_status')).toMatch(
      /GRANT that role TO it\): permission/,
    );
    expect(adviceOnRights('permission denied')).toBeUndefined();
  });
});
