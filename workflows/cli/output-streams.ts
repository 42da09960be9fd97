/** What the program needs to know of an output of its process. */
type Output = Pick<NodeJS.WriteStream, 'on' | 'write' | 'isTTY'>;

/**
 * The outputs of the process, and what becomes of the program when one of them cannot be written any more. A command that
 * only tells something ends then. One that works (a run, a worker) goes on, says no more, and ends with the status of its work.
 */
export class OutputStreams {
  readonly #stderr: Output;
  readonly #exit: (code: number) => void;
  #isWorking = false;
  #lost: string | undefined;

  constructor(of: { readonly stdout: Output; readonly stderr: Output; readonly exit: (code: number) => void }) {
    this.#stderr = of.stderr;
    this.#exit = of.exit;
    for (const stream of [of.stdout, of.stderr])
      stream.on('error', (error: NodeJS.ErrnoException) => this.#fail(stream, error));
  }

  /** From here on the program outlasts its readers. */
  outliveReaders(): void {
    this.#isWorking = true;
  }

  /** What to say at the end when results were lost: undefined unless stdout could not take all of them. */
  get lost(): string | undefined {
    return this.#lost;
  }

  #fail(stream: Output, { code }: NodeJS.ErrnoException): void {
    // A reader that has seen enough (`| head`), and a terminal that was closed, is no error; a full disk is.
    const hasLeft = code === 'EPIPE' || (code === 'EIO' && stream.isTTY);
    const said = hasLeft ? undefined : `error: Cannot write the output: ${code}\n`;
    if (this.#isWorking) {
      if (stream !== this.#stderr) this.#lost ??= said;
      return;
    }
    if (said !== undefined) this.#stderr.write(said);
    this.#exit(hasLeft ? 0 : 3);
  }
}
