/** How long a connection may last and be silent. On the real clock, as faults are: a moved clock cuts no connection. */
export interface RecognitionLimits {
  readonly connectionSeconds: number;
  readonly connectionIdleSeconds: number;
}

/** Microsoft's legacy page of the protocol says 10 minutes; public code has seen 300 s without a message. */
export const recognitionLimits: RecognitionLimits = { connectionSeconds: 600, connectionIdleSeconds: 300 };
