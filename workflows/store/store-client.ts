import { Client, type ClientConfig } from 'pg';

/**
 * A client whose connection says in one way that it was cut: the system calls it `ECONNRESET` where an answer is read and `EPIPE`
 * where a question is written, and DBOS (5.3) asks again after the first alone, so that the second would end the run.
 */
export class StoreClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.connection.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') error.code = 'ECONNRESET';
    });
  }
}
