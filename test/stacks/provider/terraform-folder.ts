export interface Ended {
  /** null when a signal ended it. */
  readonly code: number | null;
  /** Standard output and error as they came, lines not wrapped. */
  readonly output: string;
}

/** An object in Terraform's state. */
interface StateEntry {
  readonly address: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly tainted?: boolean;
}

/** A folder in which a real Terraform runs. */
export abstract class TerraformFolder {
  abstract run(...args: readonly string[]): Promise<Ended>;

  /** Runs Terraform and throws with its output when that fails. */
  async must(...args: readonly string[]): Promise<string> {
    const { code, output } = await this.run(...args);
    if (code !== 0) throw new Error(`terraform ${args.join(' ')} ended with ${code}:\n${output}`);
    return output;
  }

  /** Returns what Terraform says. */
  async apply(...args: readonly string[]): Promise<string> {
    return await this.must('apply', '-auto-approve', '-input=false', ...args);
  }

  /** 0 nothing to do, 1 failed, 2 changes. */
  async plan(...args: readonly string[]): Promise<Ended> {
    return await this.run('plan', '-detailed-exitcode', '-input=false', ...args);
  }

  /** Every object in the state. */
  protected async stateEntries(): Promise<readonly StateEntry[]> {
    const shown = JSON.parse(await this.must('show', '-json')) as {
      readonly values?: { readonly root_module?: { readonly resources?: readonly StateEntry[] } };
    };
    return shown.values?.root_module?.resources ?? [];
  }
}
