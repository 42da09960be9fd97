/** Why the portal does not listen on a port, as people are told; any other error as it is. */
export function whyNotStarted(error: unknown, port: number): unknown {
  const why = { EADDRINUSE: 'is in use', EACCES: 'is for administrators' }[(error as NodeJS.ErrnoException).code ?? ''];
  if (why === undefined) return error;
  return new Error(`Cannot start the portal: port ${port} ${why}; choose another with --port, or 0 for any free one`, {
    cause: error,
  });
}
