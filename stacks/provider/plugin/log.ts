export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** Writes one line to Terraform's log. Nothing secret may be in it. */
export type Log = (level: LogLevel, message: string, fields?: Readonly<Record<string, string | number>>) => void;

/**
 * A log as Terraform reads it from a plugin: JSON lines of HashiCorp's hclog on standard error. Lines below the level that
 * `TF_LOG_PROVIDER` or `TF_LOG` name are not written, and none is when both are absent.
 */
export function createLog(env: NodeJS.ProcessEnv, write: (line: string) => void): Log {
  const wanted = (env['TF_LOG_PROVIDER'] ?? env['TF_LOG'] ?? '').toLowerCase();
  const least = wanted === 'json' ? 0 : levels.indexOf(wanted as LogLevel);
  return (level, message, fields = {}) => {
    if (wanted === '' || wanted === 'off' || levels.indexOf(level) < least) return;
    const line = {
      '@level': level,
      '@message': message,
      '@module': 'customspeech',
      '@timestamp': timestamp(),
      ...fields,
    };
    write(`${JSON.stringify(line)}\n`);
  };
}

const levels: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error'];

/** hclog reads six places after the second. */
function timestamp(): string {
  return new Date().toISOString().replace('Z', '000Z');
}
